"""What can be configured, stack by stack: the keys of ``environments/Pulumi.<stack>.yaml``.

Every key is in the namespace of the project (``mailwave:tenant_id``); the providers are made from these settings, so
that no second key can contradict them. Nothing here is secret. A layer's settings are a module of their own, so that a
stack loads no other's.
"""
