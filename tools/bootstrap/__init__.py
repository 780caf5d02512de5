"""`make setup`: a virtual environment from the lock file, Ansible's Windows collections, and the Pulumi engine.

Standard library only.
"""
