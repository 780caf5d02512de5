"""S3 and KMS on loopback, by moto: in memory, gone when it ends, and empty at each start.

Stack state and evidence of real environments live in S3 buckets with Object Lock, their keys in KMS. What moto does not
enforce as S3 does is listed, call by call, in `tests/rehearsal/object_store/test_contract.py`.
"""

from rehearsal.object_store.store import ObjectStore, serving

__all__ = ["ObjectStore", "serving"]
