"""The short way of reading values against pypsrp's own."""

from __future__ import annotations

from typing import Any

import pytest
from pypsrp.complex_objects import GenericComplexObject
from pypsrp.serializer import Serializer

from exchange_admin.psrp_serializer import QuickSerializer

VALUES = (
    *("<S>plain</S>", "<S></S>", "<S/>", "<S>_x000A_</S>", "<S>a_x_b</S>", "<S>&lt;é&gt;</S>", "<S> </S>"),
    *(
        "<B>true</B>",
        "<B>False</B>",
        "<Nil/>",
        "<I32>-7</I32>",
        "<I64>9</I64>",
        "<U32>1</U32>",
        "<U64>2</U64>",
    ),
    *("<DT>2026-09-01T08:00:00Z</DT>", "<TS>PT9.5S</TS>", "<G>d5df45c2-429b-4e80-87dd-547f8e006e12</G>"),
    *("<Db>1.5</Db>", "<Version>15.2</Version>", "<C>65</C>", "<URI>http://x/_x0041_</URI>", "<BA>AAE=</BA>"),
)


def _read(serializer: Serializer, value: str) -> Any:
    named = value.replace(">", ' N="P">', 1) if not value.endswith("/>") else value.replace("/>", ' N="P"/>')
    document = (
        '<Obj RefId="0"><TN RefId="0"><T>Deserialized.X</T><T>System.Object</T></TN>'
        f'<ToString>shown</ToString><Props>{named}<Obj N="L" RefId="1"><TN RefId="1"><T>System.Array</T></TN>'
        f'<LST>{value}{value}</LST></Obj><Obj N="M" RefId="2"><TN RefId="2"><T>System.Collections.ArrayList</T>'
        f'<T>System.Object</T></TN><LST>{value}</LST></Obj><Obj N="N" RefId="3"><TNRef RefId="2"/><LST/></Obj>'
        '<Ref N="O" RefId="1"/><Obj N="P2" RefId="4"><TNRef RefId="2"/><LST><Obj RefId="5"><TNRef RefId="1"/>'
        f"<LST>{value}</LST></Obj></LST></Obj></Props></Obj>"
    )
    read = serializer.deserialize(document)
    assert isinstance(read, GenericComplexObject)
    return read.adapted_properties, read.to_string, read.types


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_read_as_pypsrp_reads_it(value: str) -> None:
    """It should read every kind of value, alone and in a list, as the unmodified serializer does."""
    assert _read(Serializer(), value) == _read(QuickSerializer(), value)
    kinds = [type(each) for each in _read(QuickSerializer(), value)[0].values()]
    assert [type(each) for each in _read(Serializer(), value)[0].values()] == kinds
