"""What every test may use."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from support.browsing import browsing

# A slow machine is no failure, and a red run must be the same when run again.
settings.register_profile("calm", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("calm")

REFERENCE = Path(
    os.environ.get("ATTUNEMENT_REFERENCE_DATA", Path(__file__).parents[2] / "shared" / "data")
)


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


def pytest_collection_modifyitems(items):
    """Keep what shares a cluster or a browser in one process, so that there is only one."""
    for item in items:
        for shared in ("spark", "chromium"):
            if shared in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group(shared))
