"""The protocol as an engine speaks it, over a real channel."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    plugin_pb2,
    provider_pb2,
    provider_pb2_grpc,
    status_pb2,
)

from infra.servicer import (
    CheckFailure,
    Difference,
    HalfMade,
    Live,
    Properties,
    Provider,
    ProviderError,
    Secret,
    Subject,
    differences,
    start,
)
from infra.servicer.values import from_wire, to_wire

URN = "urn:pulumi:dev::project::toy:index:Box$toy:index:Lid::lid::upper"


class Toy(Provider):
    """A provider of lids, which remembers what it was asked."""

    name = "toy"
    version = "1.2.3"

    def __init__(self) -> None:
        self.configuration: Properties = {}
        self.subjects: list[Subject] = []
        self.cancelled = False

    def configure(self, variables: Properties) -> None:
        """Remember the configuration."""
        self.configuration = variables

    def check(self, subject: Subject, olds: Properties, news: Properties, seed: bytes) -> Properties:
        """Refuse a lid without a size."""
        self.subjects.append(subject)
        if "size" not in news:
            raise CheckFailure([("size", "is required")])
        return {**news, "seed": seed.hex()}

    def diff(
        self, subject: Subject, object_id: str, olds: Properties, news: Properties, state: Properties
    ) -> Difference:
        """A lid of another size is another lid."""
        return Difference(differences(olds, news, ("size",)), delete_first=True)

    def create(self, subject: Subject, inputs: Properties, *, preview: bool) -> tuple[str, Properties]:
        """Make a lid, unless it is too large; one of 50 leaks."""
        if inputs["size"] == 50:
            raise HalfMade("lid-50", inputs, {**inputs, "open": True}, ["it leaks"])
        if inputs["size"] == 100:
            raise ProviderError("a lid of 100 does not fit")
        return ("", inputs) if preview else ("lid-1", {**inputs, "key": Secret("hunter2")})

    def read(self, subject: Subject, object_id: str, inputs: Properties, state: Properties) -> Live | None:
        """Only lid-1 is there."""
        return Live(inputs, state) if object_id == "lid-1" else None

    def cancel(self) -> None:
        """Remember it."""
        self.cancelled = True

    def invoke(self, token: str, arguments: Properties) -> Mapping[str, Any]:
        """Echo."""
        return {"token": token, **arguments}


class Screen(engine_pb2_grpc.EngineServicer):
    """An engine's log, which keeps what it is told."""

    def __init__(self) -> None:
        self.logged: list[tuple[int, str, str]] = []

    def Log(  # noqa: N802 - the name of the protocol
        self, request: engine_pb2.LogRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Keep one message."""
        self.logged.append((request.severity, request.urn, request.message))
        return empty_pb2.Empty()


@pytest.fixture
def toy() -> Toy:
    """The provider behind the channel."""
    return Toy()


@pytest.fixture
def stub(toy: Toy) -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    """An engine's end of the channel."""
    server, port = start(toy, threads=2)
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)
    server.stop(grace=None).wait()


class TestServicer:
    """Every call that an engine makes."""

    def test_says_its_version(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        """It should tell the plugin's version."""
        assert "1.2.3" == stub.GetPluginInfo(empty_pb2.Empty()).version

    def test_accepts_plain_values_only(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        """It should leave secrets to the engine, which then marks outputs by their inputs."""
        agreed = stub.Handshake(provider_pb2.ProviderHandshakeRequest())

        assert not agreed.accept_secrets
        assert stub.Configure(provider_pb2.ConfigureRequest()).supportsPreview

    def test_configuration_has_bare_names(
        self, stub: provider_pb2_grpc.ResourceProviderStub, toy: Toy
    ) -> None:
        """It should strip the package from the names of configuration values."""
        stub.Configure(provider_pb2.ConfigureRequest(variables={"toy:config:colour": "red"}))

        assert {"colour": "red"} == toy.configuration

    def test_check_failure_names_the_property(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        """It should answer a failed check with the property and the reason."""
        answer = stub.Check(provider_pb2.CheckRequest(urn=URN, news=to_wire({})))

        assert [("size", "is required")] == [
            (failure.property, failure.reason) for failure in answer.failures
        ]

    def test_type_and_name_come_from_the_urn(
        self, stub: provider_pb2_grpc.ResourceProviderStub, toy: Toy
    ) -> None:
        """It should read type and name, which may hold colons, out of the URN of an engine that sends only that."""
        stub.Check(provider_pb2.CheckRequest(urn=URN, news=to_wire({"size": 1})))

        assert [Subject("toy:index:Lid", "lid::upper", URN)] == toy.subjects

    def test_seed_reaches_the_check(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        """It should hand on the random seed for made-up names."""
        request = provider_pb2.CheckRequest(urn=URN, news=to_wire({"size": 1}), randomSeed=b"\x01\x02")

        assert {"size": 1, "seed": "0102"} == from_wire(stub.Check(request).inputs)

    def test_diff_is_detailed(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        """It should tell paths with kinds, what replaces, and the order of replacement."""
        request = provider_pb2.DiffRequest(
            id="lid-1",
            urn=URN,
            old_inputs=to_wire({"size": 1, "a": {"b": 1}}),
            news=to_wire({"size": 2, "a": {}}),
        )

        answer = stub.Diff(request)

        kinds = {path: answer.detailedDiff[path].kind for path in answer.detailedDiff}
        assert {
            "size": provider_pb2.PropertyDiff.UPDATE_REPLACE,
            "a.b": provider_pb2.PropertyDiff.DELETE,
        } == kinds
        assert (["a", "size"], ["size"], True) == (
            list(answer.diffs),
            list(answer.replaces),
            answer.deleteBeforeReplace,
        )

    def test_no_difference_is_said_so(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        """It should say that nothing differs, rather than that it does not know."""
        answer = stub.Diff(provider_pb2.DiffRequest(id="lid-1", urn=URN))

        assert provider_pb2.DiffResponse.DIFF_NONE == answer.changes

    def test_secret_output_is_marked(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        """It should mark a secret output with the protocol's signature."""
        answer = stub.Create(provider_pb2.CreateRequest(urn=URN, properties=to_wire({"size": 1})))

        assert "lid-1" == answer.id
        assert rpc._special_secret_sig == answer.properties["key"][rpc._special_sig_key]

    def test_refusal_is_the_engines_error(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        """It should fail the call with the provider's own sentence."""
        with pytest.raises(grpc.RpcError) as caught:
            stub.Create(provider_pb2.CreateRequest(urn=URN, properties=to_wire({"size": 100})))

        assert "a lid of 100 does not fit" == caught.value.details()

    def test_gone_is_an_empty_answer(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        """It should answer the read of an object that is gone without an id."""
        assert not stub.Read(provider_pb2.ReadRequest(id="lid-2", urn=URN)).id

    def test_read_gives_inputs_and_state(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        """It should answer a read with both the inputs and the whole state."""
        request = provider_pb2.ReadRequest(
            id="lid-1", urn=URN, inputs=to_wire({"size": 1}), properties=to_wire({"size": 1, "n": 2})
        )

        answer = stub.Read(request)

        assert ("lid-1", {"size": 1}, {"size": 1, "n": 2}) == (
            answer.id,
            from_wire(answer.inputs),
            from_wire(answer.properties),
        )

    def test_hook_that_is_missing_is_unimplemented(
        self, stub: provider_pb2_grpc.ResourceProviderStub
    ) -> None:
        """It should refuse what the provider has no hook for."""
        with pytest.raises(grpc.RpcError) as caught:
            stub.Update(provider_pb2.UpdateRequest(id="lid-1", urn=URN))

        assert grpc.StatusCode.UNIMPLEMENTED == caught.value.code()

    def test_invoke_answers(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        """It should hand a function call on and its answer back."""
        arguments = struct_pb2.Struct()
        arguments.update({"n": 1.0})

        answer = stub.Invoke(provider_pb2.InvokeRequest(tok="toy:index:f", args=arguments))

        assert {"token": "toy:index:f", "n": 1} == from_wire(getattr(answer, "return"))


class TestTrouble:
    """What goes wrong on the way, and how the engine hears of it."""

    def test_half_made_object_travels_with_the_refusal(
        self, stub: provider_pb2_grpc.ResourceProviderStub
    ) -> None:
        """It should fail the call, with everything that the engine needs to keep the object."""
        with pytest.raises(grpc.RpcError) as caught:
            stub.Create(provider_pb2.CreateRequest(urn=URN, properties=to_wire({"size": 50})))

        metadata = dict(caught.value.trailing_metadata())
        status = status_pb2.Status.FromString(metadata["grpc-status-details-bin"])
        detail = provider_pb2.ErrorResourceInitFailed()
        status.details[0].Unpack(detail)
        assert ("lid-50", ["it leaks"], {"size": 50}, {"size": 50, "open": True}) == (
            detail.id,
            list(detail.reasons),
            from_wire(detail.inputs),
            from_wire(detail.properties),
        )
        assert "it leaks" == caught.value.details()

    def test_cancel_reaches_the_provider(
        self, stub: provider_pb2_grpc.ResourceProviderStub, toy: Toy
    ) -> None:
        """It should tell the provider that the user wants to stop."""
        stub.Cancel(empty_pb2.Empty())

        assert toy.cancelled

    def test_warning_reaches_the_engine(self, stub: provider_pb2_grpc.ResourceProviderStub, toy: Toy) -> None:
        """It should show a warning on the screen of the engine that attached, beside the resource."""
        screen = Screen()
        server = grpc.server(ThreadPoolExecutor(1))
        engine_pb2_grpc.add_EngineServicer_to_server(screen, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        stub.Attach(plugin_pb2.PluginAttach(address=f"127.0.0.1:{port}"))

        toy.warn(URN, "mind the lid")
        server.stop(grace=None).wait()

        assert [(engine_pb2.WARNING, URN, "mind the lid")] == screen.logged


class TestServe:
    """A provider as a process of its own."""

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_prints_its_port_and_ends_on_a_signal(self, number: signal.Signals) -> None:
        """It should print a port on a line of its own, and end quietly when the engine stops it."""
        program = "from infra.servicer import Provider, serve\nclass P(Provider): name, version = 'p', '1'\nserve(P())"
        with subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline().strip().isdigit()

            os.kill(process.pid, number)
            _, errors = process.communicate(timeout=20)

        assert (0, "") == (process.returncode, errors)

    def test_ends_when_the_engine_was_killed(self) -> None:
        """It should end by itself when the process that started it is gone without a word."""
        provider = "from infra.servicer import Provider, serve\nclass P(Provider): name, version = 'p', '1'\nserve(P())"
        engine = (
            "import subprocess, sys\n"
            f"process = subprocess.Popen([sys.executable, '-c', {provider!r}], stdout=subprocess.PIPE)\n"
            "process.stdout.readline()\n"
            "print(process.pid, flush=True)\n"
        )
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", engine],
            stdout=subprocess.PIPE,
            text=True,
            timeout=60,
            check=True,
        )

        assert _ends(int(done.stdout), within=20.0)


def _ends(pid: int, *, within: float) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or " Z " in state.read_text():
            return True
        time.sleep(0.1)
    os.kill(pid, signal.SIGKILL)
    return False
