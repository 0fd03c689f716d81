"""One service for most tests, and a folder for the objects that they link."""

import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ["NUMBA_DISABLE_INTEL_SVML"] = "1"
# The modules beside this one, which pytest does not import by itself.
sys.path.insert(0, str(Path(__file__).parent))


def _load_service_package() -> None:
    """As the service's own __main__.py does it, for the tests that look inside."""
    folder = Path(__file__).parents[3] / "python/px/service"
    spec = importlib.util.spec_from_file_location("px_service", folder / "__init__.py", submodule_search_locations=[str(folder)])
    assert spec is not None and spec.loader is not None
    sys.modules["px_service"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["px_service"])


_load_service_package()

import pytest  # noqa: E402
import service_object  # noqa: E402
import service_request  # noqa: E402
from service_client import Client  # noqa: E402


@pytest.fixture(scope="session")
def service() -> Iterator[Client]:
    """A warm service."""
    with Client() as client:
        assert "error" not in client.hello, client.hello
        yield client
        assert client.close() == 0


@pytest.fixture(scope="session")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where objects are linked."""
    return tmp_path_factory.mktemp("objects")


@pytest.fixture(scope="session")
def helpers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The helpers that objects are linked with."""
    return service_object.build_helpers(tmp_path_factory.mktemp("helpers"))


@pytest.fixture
def build(service: Client, objects: Path, helpers: Path) -> Callable[..., service_object.Object]:
    """build(function, [types], **options): the function's object, loaded."""

    def build(function: Any, arguments: list[str], **options: Any) -> service_object.Object:
        header, blob = service.ask(service_request.make(function, arguments, **options))
        assert header["ok"], header["reason"]
        return service_object.Object(objects, helpers, header, blob, arguments)

    return build


@pytest.fixture
def refused(service: Client) -> Callable[..., dict[str, Any]]:
    """refused(function, [types], **options): the answer to a request that gets no object."""

    def refused(function: Any, arguments: list[str], **options: Any) -> dict[str, Any]:
        header, blob = service.ask(service_request.make(function, arguments, **options))
        assert not header["ok"] and not blob
        return header

    return refused
