import pytest

from attunement.measures.instruments.loinc import check_digit, mistake


@pytest.mark.parametrize("code", ["44249-1", "44260-8", "69722-7", "70274-6", "55757-9"])
def test_the_check_digit_of_a_published_code_fits(code):
    assert mistake(code) is None


@pytest.mark.parametrize("code", ["LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9", "LA6572-7"])
def test_the_check_digit_of_a_published_answer_code_fits(code):
    assert mistake(code, answer=True) is None


def test_the_code_that_public_software_gives_the_who_5_is_found_to_be_mistyped():
    assert "70274-5" in mistake("70274-5")


@pytest.mark.parametrize("position", range(5))
@pytest.mark.parametrize("digit", "0123456789")
def test_any_single_mistyped_digit_is_found(position, digit):
    mistyped = "44249"[:position] + digit + "44249"[position + 1 :]
    assert (check_digit(mistyped) == 1) == (mistyped == "44249")


@pytest.mark.parametrize("code", ["", "44249", "44249-", "-1", "LA6568-5", "44249-12", "x44249-1"])
def test_what_is_no_code_at_all_is_said_to_be_none(code):
    assert "does not look like" in mistake(code)


def test_a_question_s_code_is_no_answer_s_code():
    assert "answer code" in mistake("44249-1", answer=True)
