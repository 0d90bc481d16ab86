"""The figures of the bibliography, frozen as they were last read in their sources."""

import pytest

from attunement.guidance.sources import Standing, bibliography

READ = {  # finding: value, (versus or interval), k, n, as read in the abstract named there
    "fluckiger-2018/outcome": (0.278, (0.256, 0.299), 295, None),
    "tryon-2018/collaboration": (0.29, (0.24, 0.34), 53, 5286),
    "tryon-2018/goals": (0.24, (0.19, 0.28), 54, 7278),
    "elliott-2018/outcome": (0.28, (0.23, 0.33), 82, 6138),
    "farber-2018/outcome": (0.28, None, 64, None),
    "kolden-2018/outcome": (0.23, None, 21, 1192),
    "gelso-2018/outcome": (0.38, (0.30, 0.44), 16, 1502),
    "hill-2018/immediacy": (None, None, 21, None),
    "peluso-2018/client": (0.85, None, 43, None),
    "pascual-leone-2017/symptoms": (-0.19, (-0.29, -0.10), 10, 406),
    "hayes-2018/managing": (0.39, (0.17, 0.60), 9, 392),
    "eubanks-2018/repair": (0.29, (0.10, 0.47), 11, 1314),
    "eubanks-2018/training": (0.11, (-0.09, 0.30), 6, 276),
    "eubanks-consensus-2018/first": (None, None, None, 134),
    "eubanks-consensus-2018/later": (None, None, None, 134),
    "muran-2009/staying": (None, None, None, 128),
    "constantino-2018/expectation": (0.18, None, 81, 12722),
    "credibility-2018/outcome": (0.12, None, 24, 1504),
    "swift-2018/leaving": (1.79, None, None, None),
    "windle-2020/leaving": (0.62, (0.48, 0.80), None, None),
    "windle-2020/alliance": (0.48, (0.15, 0.82), 4, None),
    "lindhiem-2014/completing": (1.37, None, None, None),
    "swift-2023/leaving": (1.64, None, 15, None),
    "beutler-2018/leading": (0.79, None, 13, 1208),
    "dejong-2021/symptoms": (0.15, (0.10, 0.20), 58, 21699),
    "dejong-2021/not-on-track": (0.17, (0.11, 0.22), None, None),
    "dejong-2021/leaving": (1.19, (1.03, 1.38), None, None),
    "barkham-2023/tools": (None, (0.36, 0.53), None, None),
    "kazantzis-2010/with-without": (0.48, None, None, None),
    "mausbach-2010/doing": (0.26, (0.19, 0.33), 23, 2183),
    "harkin-2016/attaining": (0.40, (0.32, 0.48), 138, 19951),
    "gollwitzer-2006/attaining": (0.65, None, 94, None),
    "sheeran-2007/first-session": (75, 63, None, 390),
    "avishai-2018/completing": (35, 11, None, 82),
    "dellavigna-2022/at-scale": (1.4, None, 126, None),
    "sims-2012/missed": (26, 36, None, None),
    "dai-2014/landmarks": (None, None, None, None),
    "blanchard-2016/about-therapy": (72.6, None, None, 547),
    "owen-2014/not-discussed": (76, None, None, 120),
    "soto-2018/client-rated": (0.38, None, 15, None),
    "soto-2018/adapted": (0.35, None, 99, None),
    "chapman-2016/default": (16, 5, None, None),
    "westra-2016/leaving": (10, 23, None, 85),
    "miller-2015/weighing": (None, None, None, None),
    "lin-2022/leaving": (1.006, None, 20, None),
    "shaker-2023/leaving": (1.07, (0.94, 1.21), 20, 2804),
    "cuijpers-2018/careful-trials": (0.34, (0.22, 0.46), 9, None),
    "roehrle-2008/outcome": (0.13, None, 27, None),
    "stanley-2018/suicidal-behaviour": (None, None, None, None),
    "polihronis-2022/asking": (None, None, 8, None),
    "rubel-2018/seeing-alike": (None, None, None, 580),
}
UNVERIFIED = {
    "gurol-urganci-2013/attending",
    "norcross-2018/avoid",
    "patall-2008/choice",
}
HELD = {
    f"{key}/{name}": (source, finding)
    for key, source in bibliography().items()
    for name, finding in source.findings.items()
}


def test_every_finding_is_either_read_or_says_that_it_is_not():
    assert {name for name, (source, _) in HELD.items() if source.standing is Standing.READ} == set(
        READ
    )
    assert set(HELD) - set(READ) == UNVERIFIED


@pytest.mark.parametrize("name", READ)
def test_a_figure_is_the_one_that_was_read(name):
    finding = HELD[name][1]
    beside = finding.versus if finding.versus is not None else finding.interval or finding.range
    assert (finding.value, beside, finding.k, finding.n) == READ[name]


def test_no_doi_is_given_twice():
    dois = [source.doi for source in bibliography().values() if source.doi]
    assert len(dois) == len(set(dois))
