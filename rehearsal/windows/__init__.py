"""A Windows face for Ansible's Windows modules: it proves what is asked of a module, never the module itself."""

from rehearsal.windows.door import Door
from rehearsal.windows.windows import Windows

__all__ = ["Door", "Windows"]
