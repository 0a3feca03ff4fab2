"""A question that leans on the ones before it is completed; one that stands on its own is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.followups import resolve, topic_runs

BFS = ["what is BFS?"]
STRESS = ["Can stress cause muscle twitching?"]
TWITCHES = ["where do twitches occur?"]
EMG = ["what is an EMG?"]
ALS = ["what is ALS?"]

LEANING = [
    # A pronoun stands for the topic before it.
    (BFS, "how is it diagnosed?", "how is BFS diagnosed?"),
    (BFS, "is it dangerous?", "is BFS dangerous?"),
    (BFS, "HOW IS IT DIAGNOSED?", "HOW IS BFS DIAGNOSED?"),
    (BFS, "what causes it", "what causes BFS"),
    (BFS, "What\u2019s the treatment?", "BFS: What\u2019s the treatment?"),
    (["What's an EMG?"], "why would my doctor want one?", "why would my doctor want EMG?"),
    (["What is a muscle cramp?"], "how long can one go on for", "how long can muscle cramp go on for"),
    (BFS, "what causes this?", "what causes BFS?"),
    (BFS, "is that serious?", "is BFS serious?"),
    (BFS, "how long does it last?", "how long does BFS last?"),
    (BFS, "does it go away?", "does BFS go away?"),
    (BFS, "can it be cured?", "can BFS be cured?"),
    (BFS, "will it turn into ALS?", "will BFS turn into ALS?"),
    (BFS, "can I exercise with it?", "can I exercise with BFS?"),
    (BFS, "does magnesium help with it?", "does magnesium help with BFS?"),
    (BFS, "what are its symptoms?", "what are BFS symptoms?"),
    (ALS, "who gets it?", "who gets ALS?"),
    (EMG, "does it hurt?", "does EMG hurt?"),
    (TWITCHES, "can they spread?", "can twitches spread?"),
    (["what are fasciculations?"], "what causes them?", "what causes fasciculations?"),
    (["what medicines treat BFS?"], "do they always work?", "do medicines BFS always work?"),
    (BFS, "is it linked to stress?", "is BFS linked to stress?"),
    (BFS, "is it similar to ALS?", "is BFS similar to ALS?"),
    (BFS, "is it worse when I drink coffee?", "is BFS worse when I drink coffee?"),
    (BFS, "is it dangerous for children?", "is BFS dangerous for children?"),
    (BFS, "can it spread to my arms?", "can BFS spread to my arms?"),
    (BFS, "does it go away if I sleep more?", "does BFS go away if I sleep more?"),
    (["what is magnesium?"], "is it used to treat cramps?", "is magnesium used to treat cramps?"),
    # A noun of the same clause cannot be what "it" means; one of a clause before can.
    (["can coffee cause twitching"], "does exercise make it worse?", "does exercise make coffee twitching worse?"),
    (BFS, "I think I have it, when should I see a doctor?", "I think I have BFS, when should I see a doctor?"),
    # "They" beside "it" are the doctors.
    (BFS, "how do they test for it?", "how do they test for BFS?"),
    # Words that only ask for an aspect.
    (BFS, "what are the symptoms?", "BFS: what are the symptoms?"),
    (BFS, "which doctor?", "BFS: which doctor?"),
    (BFS, "what medicines help?", "BFS: what medicines help?"),
    (["what is a tremor?"], "why?", "tremor: why?"),
    (["What brings on a muscle cramp?"], "what helps?", "muscle cramp: what helps?"),
    # A connective.
    (BFS, "and treatment?", "BFS: treatment?"),
    (BFS, "and the treatment?", "BFS: the treatment?"),
    (BFS, "And is it contagious?", "is BFS contagious?"),
    (STRESS, "what about coffee?", "coffee muscle twitching?"),
    (STRESS, "how about magnesium?", "magnesium muscle twitching?"),
    (STRESS, "but what about tea?", "tea muscle twitching?"),
    (STRESS, "or alcohol?", "alcohol muscle twitching?"),
    (["is BFS hereditary?"], "and ALS?", "ALS BFS hereditary?"),
    # Over several questions.
    ([*BFS, "how is it diagnosed?"], "is there a cure for it?", "is there a cure for BFS?"),
    ([*BFS, "is it dangerous?"], "and common?", "BFS: common?"),
    ([*STRESS, "what about coffee?"], "how do I stop it?", "how do I stop coffee muscle twitching?"),
    ([*BFS, *EMG], "does it hurt?", "does EMG hurt?"),
    (BFS, "can I drink coffee with it?", "can I drink coffee with BFS?"),
    ([*ALS, *BFS, "is it rare?"], "who gets it?", "who gets BFS?"),
]

ON_THEIR_OWN = [
    # A new topic.
    (BFS, "is one test enough?"),
    (BFS, "does one arm twitch more?"),
    (BFS, "no one knows what causes tremor"),
    (BFS, "what is ALS?"),
    (BFS, "can caffeine cause muscle twitches?"),
    (TWITCHES, "What vitamins help against muscle cramps?"),
    (ALS, "tell me about tremor"),
    (BFS, "how do I bake bread?"),
    (["Can BFS turn into ALS?"], "Who won the world cup in 1998?"),
    (["What does a tremor feel like?"], "What is the best way to descale a kettle?"),
    (ALS, "and so how is someone with a family history of neurological illness tested?"),
    # The pronoun stands for something in the question itself.
    (BFS, "my leg twitches, how do I stop it?"),
    (BFS, "why do my calves twitch when I rest them?"),
    (BFS, "my dad had als am i going to get it too"),
    (BFS, "If an eyelid twitches for weeks, is it serious?"),
    # The pronoun stands for nothing.
    (BFS, "is it normal to be nervous before an EMG?"),
    (BFS, "is it safe to drink coffee when my eyelid twitches?"),
    (BFS, "is it true that stress makes muscles twitch?"),
    (BFS, "is it normal for an eyelid to twitch?"),
    (BFS, "would it be safe to run with cramps?"),
    (BFS, "is it bad if my eyelid twitches?"),
    (BFS, "does it help to stretch sore calves?"),
    (BFS, "why is it that muscles twitch at night?"),
    (BFS, "how long does it take to recover from a sprain?"),
    # The noun follows.
    (BFS, "does this twitching stop?"),
    (BFS, "are those cramps dangerous?"),
    # Nothing to lean on.
    ([], "how is it diagnosed?"),
    ([], "and treatment?"),
    ([""], "what are the symptoms?"),
    (["why?"], "how is it treated?"),
]


@pytest.mark.parametrize(("history", "question", "expected"), LEANING)
def test_a_leaning_question_is_completed(history: list[str], question: str, expected: str) -> None:
    assert resolve(question, history) == expected


@pytest.mark.parametrize(("history", "question"), ON_THEIR_OWN)
def test_a_question_on_its_own_is_left_alone(history: list[str], question: str) -> None:
    assert resolve(question, history) == question


def test_there_are_many_conversations() -> None:
    assert len(LEANING) + len(ON_THEIR_OWN) >= 40


@pytest.mark.parametrize(
    ("question", "runs"),
    [
        ("can stress cause muscle twitching", ["stress", "muscle twitching"]),
        ("what is benign fasciculation syndrome?", ["benign fasciculation syndrome"]),
        ("what are the symptoms?", []),
        ("how is it treated", []),
        ("", []),
        ("🦵?", []),
    ],
)
def test_the_runs_of_a_question_are_what_it_is_about(question: str, runs: list[str]) -> None:
    assert topic_runs(question) == runs


@given(st.text())
def test_with_no_history_nothing_changes(question: str) -> None:
    assert resolve(question, []) == question


@given(st.lists(st.text(max_size=40) | st.sampled_from([case[1] for case in LEANING]), min_size=1, max_size=6))
def test_any_conversation_is_resolved_without_an_error(conversation: list[str]) -> None:
    *history, question = conversation
    assert resolve(question, history) == resolve(question, history)
    assert resolve(question, [resolve(history[-1], history[:-1])] if history else []) == resolve(question, history)
