import time

from workload.tasks import TOKEN_INTERVAL_S, TOKENS_PER_S_VARIABLE, answer_tokens, token_interval_s


def test_an_answers_pace_can_be_set(monkeypatch):
    assert token_interval_s() == TOKEN_INTERVAL_S
    monkeypatch.setenv(TOKENS_PER_S_VARIABLE, "20")
    assert token_interval_s() == 0.05


def test_no_token_comes_before_its_time(monkeypatch):
    monkeypatch.setenv(TOKENS_PER_S_VARIABLE, "50")
    began_s = time.monotonic()
    tokens = answer_tokens(1)
    for number in range(1, 6):
        next(tokens)
        assert time.monotonic() - began_s >= number / 50
