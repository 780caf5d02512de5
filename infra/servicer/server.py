"""The gRPC side: Pulumi's ResourceProvider protocol on top of a `Provider`."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import grpc
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    plugin_pb2,
    provider_pb2,
    provider_pb2_grpc,
    status_pb2,
)

from infra.servicer.provider import CheckFailure, Difference, HalfMade, Provider, ProviderError, Subject
from infra.servicer.values import Change, UnsupportedValue, from_wire, to_wire

_UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


class _Addressed(Protocol):
    """A request about one resource."""

    @property
    def urn(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...


def subject_of(request: _Addressed) -> Subject:
    """Whom a request is about; an older engine leaves out name and type, and the URN has both."""
    parts = request.urn.split("::", maxsplit=3)  # the name comes last and may hold colons
    return Subject(
        type=request.type or parts[2].rsplit("$", maxsplit=1)[-1],
        name=request.name or parts[-1],
        urn=request.urn,
    )


@contextmanager
def _refusing(context: grpc.ServicerContext) -> Iterator[None]:
    """Turn a refusal into the gRPC status whose text the engine shows."""
    try:
        yield
    except HalfMade as made:
        context.abort_with_status(_half_made(made))
    except (ProviderError, UnsupportedValue) as refusal:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(refusal))
    except NotImplementedError as missing:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"this provider has no resource type {missing}")


@dataclass(frozen=True)
class _Refusal(grpc.Status):
    """A gRPC status with the details that gRPC itself carries as one opaque header."""

    code: grpc.StatusCode
    details: str
    trailing_metadata: tuple[tuple[str, bytes], ...]


def _half_made(made: HalfMade) -> _Refusal:
    """The refusal by which the engine keeps an object that is there and did not come up."""
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=made.object_id,
            properties=to_wire(made.outputs),
            inputs=to_wire(made.inputs),
            reasons=list(made.reasons),
        )
    )
    number, _ = grpc.StatusCode.UNKNOWN.value
    status = status_pb2.Status(code=number, message=str(made), details=[detail])
    header = ("grpc-status-details-bin", status.SerializeToString())
    return _Refusal(grpc.StatusCode.UNKNOWN, str(made), (header,))


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Pulumi's protocol, spoken for one `Provider`.

    Secrets are not accepted: the engine then sends them in clear and puts the mark back on each output that has a
    secret input's name, so that no provider can forget to.
    """

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        """Agree on the protocol: plain values only."""
        return provider_pb2.ProviderHandshakeResponse()

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Be attached to by an engine that did not start this process."""
        hear(self._provider, request.address)
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Say which version this is."""
        return plugin_pb2.PluginInfo(version=self._provider.version)

    def GetSchema(
        self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        """Give the package's schema, where it has one."""
        schema = self._provider.schema()
        if not schema:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"{self._provider.name} carries no schema")
        return provider_pb2.GetSchemaResponse(schema=schema)

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Validate the provider's configuration."""
        with _refusing(context):
            try:
                news = self._provider.check_config(from_wire(request.news))
            except CheckFailure as failure:
                return _failed(failure)
            return provider_pb2.CheckResponse(inputs=to_wire(news))

    def DiffConfig(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        """Say that a change of configuration never replaces resources."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_UNKNOWN)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        """Take the configuration in."""
        with _refusing(context):
            named = {name.rsplit(":", maxsplit=1)[-1]: text for name, text in request.variables.items()}
            self._provider.configure(named | from_wire(request.args))
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Check(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Validate a resource's inputs."""
        with _refusing(context):
            olds, news = from_wire(request.olds), from_wire(request.news)
            try:
                inputs = self._provider.check(subject_of(request), olds, news, request.randomSeed)
            except CheckFailure as failure:
                return _failed(failure)
            return provider_pb2.CheckResponse(inputs=to_wire(inputs))

    def Diff(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        """Compare old and new inputs."""
        with _refusing(context):
            difference = self._provider.diff(
                subject_of(request),
                request.id,
                from_wire(request.old_inputs),
                from_wire(request.news),
                from_wire(request.olds),
            )
            return diff_response(difference)

    def Create(
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        """Make an object."""
        with _refusing(context):
            inputs = from_wire(request.properties)
            object_id, outputs = self._provider.create(subject_of(request), inputs, preview=request.preview)
            return provider_pb2.CreateResponse(id=object_id, properties=to_wire(outputs))

    def Read(
        self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        """Look at an object; an empty answer says that it is gone."""
        with _refusing(context):
            inputs, state = from_wire(request.inputs), from_wire(request.properties)
            live = self._provider.read(subject_of(request), request.id, inputs, state)
            if live is None:
                return provider_pb2.ReadResponse()
            return provider_pb2.ReadResponse(
                id=live.id or request.id, inputs=to_wire(live.inputs), properties=to_wire(live.outputs)
            )

    def Update(
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        """Change an object in place."""
        with _refusing(context):
            outputs = self._provider.update(
                subject_of(request),
                request.id,
                from_wire(request.old_inputs),
                from_wire(request.news),
                from_wire(request.olds),
                preview=request.preview,
            )
            return provider_pb2.UpdateResponse(properties=to_wire(outputs))

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Remove an object."""
        with _refusing(context):
            inputs, state = from_wire(request.old_inputs), from_wire(request.properties)
            self._provider.delete(subject_of(request), request.id, inputs, state)
        return empty_pb2.Empty()

    def Invoke(
        self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.InvokeResponse:
        """Answer a function call of the program."""
        with _refusing(context):
            answer = self._provider.invoke(request.tok, from_wire(request.args))
            return provider_pb2.InvokeResponse(**{"return": to_wire(answer)})

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Tell the provider that the user wants to stop."""
        self._provider.cancel()
        return empty_pb2.Empty()


def _failed(failure: CheckFailure) -> provider_pb2.CheckResponse:
    return provider_pb2.CheckResponse(
        failures=[
            provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in failure.failures
        ]
    )


def diff_response(difference: Difference) -> provider_pb2.DiffResponse:
    """*difference* as the engine wants it: the tops of the paths, and each path with its kind."""
    changes = difference.changes
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if changes else provider_pb2.DiffResponse.DIFF_NONE,
        diffs=list(dict.fromkeys(change.top for change in changes)),
        replaces=list(dict.fromkeys(change.top for change in changes if change.replace)),
        stables=list(difference.stable),
        deleteBeforeReplace=difference.delete_first and any(change.replace for change in changes),
        detailedDiff={change.path: _property_diff(change) for change in changes},
        hasDetailedDiff=True,
    )


def _property_diff(change: Change) -> provider_pb2.PropertyDiff:
    kind = f"{change.kind}_REPLACE" if change.replace else str(change.kind)
    return provider_pb2.PropertyDiff(kind=provider_pb2.PropertyDiff.Kind.Value(kind), inputDiff=True)


def hear(provider: Provider, address: str) -> None:
    """Let what *provider* says appear on the screen of the engine that listens at *address*."""
    engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))

    def warn(urn: str, text: str) -> None:
        engine.Log(engine_pb2.LogRequest(severity=engine_pb2.WARNING, message=text, urn=urn))

    def tell(urn: str, text: str) -> None:
        engine.Log(engine_pb2.LogRequest(severity=engine_pb2.INFO, message=text, urn=urn))

    provider.warn, provider.tell = warn, tell


def start(provider: Provider, *, threads: int = 16) -> tuple[grpc.Server, int]:
    """Serve *provider* on a free loopback port, and return the server and its port."""
    server = grpc.server(ThreadPoolExecutor(threads), options=_UNLIMITED)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(provider), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def serve(provider: Provider) -> None:
    """Run *provider* as a plugin: print the port, and serve until told to stop or the engine is gone.

    The engine gives its own address as the last argument.
    The engine's group gets SIGINT on Ctrl-C, and an engine that was killed says nothing: its death shows as a new
    parent. What is under way gets 30 seconds to end, so that its outcome is not lost without need.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    parent = os.getppid()
    if len(sys.argv) > 1:
        hear(provider, sys.argv[-1])
    server, port = start(provider)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    while not stop.wait(timeout=1.0) and os.getppid() == parent:
        pass
    provider.cancel()
    server.stop(grace=30).wait()
