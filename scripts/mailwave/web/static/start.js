// Starts the design system's own scripts. Nothing on any page needs this: it only makes pages nicer.
const own = document.querySelector("script[data-design]");
const { initAll } = await import(own.dataset.design);
initAll();
