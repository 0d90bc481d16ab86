"""What every test may use."""

import os
import shutil
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from support.browsing import browsing

# A slow machine is no failure, and a red run must be the same when run again.
settings.register_profile("calm", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("calm")

ROOT = Path(__file__).parents[1]
LONG = ("spark", "chromium", "long", "db")
REFERENCE = Path(os.environ.get("ATTUNEMENT_REFERENCE_DATA", ROOT.parent / "shared" / "data"))


def skip_or_fail(reason):
    """Skip where a tool is wanting, but never under continuous integration."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def reference_data():
    """Folder of real data with published results, which are no part of this repository."""
    if not REFERENCE.is_dir():
        pytest.skip(f"not run: no reference data in {REFERENCE}")
    return REFERENCE


@pytest.fixture(scope="session")
def chromium():
    """Path of a real browser."""
    found = (
        os.environ.get("PLAYWRIGHT_BROWSER_EXECUTABLE_PATH")
        or shutil.which("chromium")
        or shutil.which("google-chrome")
    )
    return found or skip_or_fail("no Chromium: apt-get install chromium")


@pytest.fixture(scope="module")
def browser(chromium):
    """A real browser, closed after the module that asked for it."""
    with browsing(chromium) as browser:
        yield browser


@pytest.fixture(scope="session")
def java():
    """Path of a Java runtime, which Spark needs."""
    return shutil.which("java") or skip_or_fail("no Java: apt-get install default-jre-headless")


@pytest.fixture(scope="session")
def spark(java, tmp_path_factory):
    """Spark session on a local cluster of two worker processes."""
    from pyspark.sql import SparkSession

    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"

    session = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        .config("spark.executorEnv.SPARK_LOCAL_IP", "127.0.0.1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture
def interpreting_spark(spark):
    """Interpret plans, which for a few rows is quicker than to compile them to Java first.

    What Spark does by itself is tried on the largest tables, in ``tests/conformance``.
    """
    settings = {
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    }
    for name, value in settings.items():
        spark.conf.set(name, value)
    yield spark
    for name in settings:
        spark.conf.unset(name)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config, items):
    """Begin with what takes longest, so that no worker is left with it at the end."""
    yield
    if hasattr(config, "workerinput"):
        together = Counter(scope(item.nodeid) for item in items)
        items.sort(
            key=lambda item: (
                [name not in {*item.keywords, *fixtures(item)} for name in LONG],
                -together[scope(item.nodeid)],
            )
        )


def fixtures(item):
    return getattr(item, "fixturenames", ())


def scope(nodeid):
    """Name what a worker is given whole: a folder, or a file of the clinic."""
    file = Path(nodeid.partition("::")[0])
    if file.suffix == ".py" and marked_spark(file):
        return "spark"
    return str(file if "clinic" in file.parts or file.suffix != ".py" else file.parent)


@cache
def marked_spark(file):
    return "pytest.mark.spark" in (ROOT / file).read_text()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Share the tests out among workers."""
    return Sharing(config, log)


class Sharing(LoadScopeScheduling):
    """Gives a worker whole folders, or files of the clinic, whose dear fixtures are made once."""

    def _split_scope(self, nodeid):
        return scope(nodeid)
