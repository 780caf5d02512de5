"""The rows of plays."""

from __future__ import annotations

from bench.areas import plays


def test_one_run_against_a_loop() -> None:
    """It should take the same play by one run, by a loop, and bare, and see that all come to the same."""
    all_in_one, a_server, around = plays.rows(servers=2, pairs=1)

    assert all_in_one.baseline_name == "ansible-playbook for each server"
    assert (a_server.ours, a_server.ratio) == (all_in_one.ours / 2, None)
    assert around.baseline_name == "one bare ansible-playbook"
