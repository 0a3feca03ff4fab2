"""Which questions raise which notice: plain, misspelt, in stories, and look-alikes that must raise none.

Decisions that a test below holds on to:
- "I don't want to die" and "I am not suicidal" raise nothing: people afraid of ALS write the first, and both say that
  there is no wish to die. "I don't want to kill myself" does raise the crisis notice: who brings up killing oneself may
  be asking for help, and a notice too many costs little.
- Taking all one's pills is an emergency; it is a crisis only with words of intent, so that an accident is never sent to
  a crisis line.
- A word alone ("stroke", "chest pain symptoms") is a search for reading, not somebody's emergency.
"""

import pytest

from qa.models import NoticeKind
from qa.notices import Notices

EMERGENCY = [
    "I can't breathe",
    "cant breath",
    "i cnt breathe plz help",
    "CANT BREATHE!!!",
    "my mother cant catch her breath",
    "I'm having trouble breathing right now",
    "shortness of breath for an hour and I feel like I will faint",
    "my breathing got really bad since this morning what do i do",
    "i have chest pain",
    "chest pian going down my left arm",
    "I have had this crushing pressure on my chest since last night",
    "my chest hurts and my jaw too",
    "why does my chest hurt so bad",
    "pain in my chest for 20 minutes",
    "I think I'm having a heart attack",
    "i think my dad is having a hart attack",
    "am I having a stroke?",
    "is this a stroke",
    "My husband's face is drooping and he can't speak",
    "her speech is suddenly slurred",
    "half of my face went numb and i cant lift my arm",
    "my grandmother suddenly cannot talk",
    "the whole left side of his body is numb",
    "I suddenly went blind in one eye",
    "my son is having a seizure",
    "my daughter had a siezure, first one ever",
    "hes having a seizuer and it wont stop",
    "she is convulsing on the floor",
    "my friend is unconscious",
    "my brother is uncontious and not responding",
    "she passed out and wont wake up",
    "grandpa collapsed in the kitchen",
    "I fainted twice today",
    "i feel like im about to pass out",
    "the bleeding won't stop",
    "bleeding heavily from a cut on my arm",
    "I'm coughing up blood",
    "he is vomiting blood what now",
    "theres blood everywhere, he cut an artery",
    "my throat is closing up",
    "my tongue is swelling",
    "toungue swolen and hives after a bee sting i think im allergic",
    "I think I'm going into anaphylactic shock",
    "my lips are swelling after eating nuts",
    "I accidentally took a double dose of my blood pressure pills",
    "my toddler swallowed my magnesium pills",
    "i took too many magnesium tablets by accident",
    "my kid drank bleach",
    "my 3 year old ate a button battery",
    "think I overdosed on tylenol by mistake",
    "I was poisoned, I am throwing up",
    "suddenly I can't move my legs",
    "woke up and my arm is paralyzed",
    "my legs got weak all of a sudden and I can't swallow",
    "sudden weakness in my left arm and leg",
    "my weakness is spreading and now I have trouble swallowing and breathing",
    "my son fell and hit his head, hes throwing up",
    "i hit my head very hard and now im confused",
    "my wife fell down the stairs and is not moving",
    "he got electrocuted",
    "worst headache of my life came out of nowhere",
    "my baby is limp and has a fever",
    "my inhaler isn't working and I am wheezing",
    "should I call an ambulance? my heart is racing and my chest feels heavy",
    "I have read everything about BFS and I know stress makes it worse. My legs twitched all week. But tonight while "
    "watching TV my left arm went numb and now there is a heavy pressure on my chest. Is that the BFS?",
    "hello doctor i am 34 male twitching for 2 months and yesterday evening i could not breath properly for 1 hour",
    "Chest pain since an hour. Left arm numb. Sweating.",
    "He is not breathing!",
    "i dont know what to do my dad isnt breathing",
    "I don't feel well, I can't breathe",
    "could it be a heart attack? sharp pain in chest",
    "lost consciousness for a minute just now",
]

CRISIS = [
    "I want to die",
    "i wanna die",
    "i jsut want to die",
    "I want to kill myself",
    "i want to killmyself",
    "kms",
    "I am suicidal",
    "im feeling sucidal",
    "having suiciidal thoughts because of the twitching",
    "thinking about suicide",
    "suicide hotline",
    "I don't want to live anymore",
    "i dont wanna live like this",
    "dont want to be here anymore",
    "there is no point in living with this",
    "life isn't worth living with ALS",
    "I can't go on like this",
    "i cant take it anymore i want it to be over",
    "everyone would be better off without me",
    "I wish I was dead",
    "i wish i would not wake up tomorrow",
    "I'd rather be dead than have ALS",
    "If this is ALS I will kill myself",
    "i am going to end my life",
    "thinking of ending it all",
    "how many sleeping pills to die",
    "painless way to die",
    "I have been cutting myself",
    "i hurt myself on purpose",
    "my daughter is cutting herself",
    "my friend says she wants to die",
    "my son is talking about killing himself",
    "my husband said he wants to end it all, what can I do",
    "my best friend is suicidal",
    "she said goodbye to everyone and wrote a suicide note",
    "I want to jump off a bridge",
    "thinking of hanging myself",
    "I don't want to kill myself but I cannot stop thinking about it",
    "I'm tired of being alive",
    "i want to unalive myself",
    "nobody would miss me if i was gone",
    "I have been twitching for a year, three doctors found nothing, I do not sleep, I lost my job. "
    "Last night I thought about ending my life. Does anyone else feel like this?",
    "I tried to kill myself last year and I feel the same again",
    "I want to disappear forever",
    "my brother keeps saying life is not worth living",
]

BOTH = [
    "I took all my pills to kill myself",
    "i took a whole bottle of sleeping pills because i want to die",
    "I overdosed on purpose",
    "my sister tried to kill herself, she is unconscious",
    "my friend cut her wrists and the bleeding won't stop",
    "he swallowed 40 tablets and left a suicide note",
    "I intentionally overdosed on tylenol",
    "i took too many pils on purpose and now i cant breathe",
]

PERSONAL = [
    "do I have ALS?",
    "do i have als or bfs",
    "could I have MS?",
    "does my son have epilepsy?",
    "should I stop my medication?",
    "is my twitching dangerous?",
    "how much magnesium should I take?",
    "how many mg of magnesium should i take a day",
    "my EMG was clean, am I safe?",
    "should I be worried about my eyelid?",
    "am I dying?",
    "is this normal?",
    "what is wrong with me",
    "wats wrong with me",
    "do I need an EMG?",
    "should i see a doctor",
    "can I take ibuprofen with my sertraline?",
    "are my symptoms ALS?",
    "could this be ALS?",
    "does my clean EMG rule out ALS?",
    "what are my chances of having ALS",
    "I am 25 and my calves twitch for three weeks, do you think it is ALS?",
    "SHULD I STOP TAKING MY MEDS",
    "is it safe for me to exercise",
    "will I be okay?",
]

LOOK_ALIKES = [
    "can ALS cause breathing problems?",
    "what does slurred speech mean in ALS?",
    "my legs are killing me",
    "I'm dying to know",
    "does caffeine kill you",
    "is BFS fatal",
    "die off",
    "suicide gene",
    "what is an overdose",
    "shortness of breath in ALS",
    "chest muscle twitching",
    "heart attack symptoms?",
    "how is a stroke different from a twitch",
    "my dad died of ALS",
    "the pain is killing my sleep",
    "seizure medicine for twitching",
    "anti-seizure drugs",
    "killer workout",
    "I could murder a coffee",
    "I don't want to die",
    "I do not want to die, I am just scared of ALS",
    "I am not suicidal",
    "I'm scared to death it is ALS",
    "no chest pain, no trouble breathing, just twitching",
    "I have no shortness of breath or chest pain",
    "is chest pain a symptom of anxiety",
    "can anxiety cause chest tightness",
    "what is the difference between a seizure and a fasciculation?",
    "do people with ALS lose the ability to breathe",
    "why do ALS patients have trouble swallowing",
    "how does a stroke affect muscles",
    "what causes fainting",
    "what happens in a seizure",
    "what are the signs of anaphylaxis",
    "can magnesium be overdosed",
    "can you overdose on magnesium",
    "is too much caffeine bad for muscles",
    "suicide headache",
    "suicide rates in ALS",
    "physician assisted suicide law",
    "dying of boredom here",
    "I had a seizure as a child",
    "my grandfather had a stroke ten years ago",
    "I'm afraid of having a stroke one day",
    "cramps at night in the calf",
    "eyelid twitching",
    "eyelidtwitch",
    "what is benign fasciculation syndrome",
    "how is BFS diagnosed",
    "what does an EMG show?",
    "muscle twitching after exercise",
    "my left eye twitches when I drink coffee",
    "my leg muscles twitch after running",
    "twitching in my chest muscles",
    "why do muscles twitch when falling asleep",
    "does stress make twitching worse",
    "tongue fasciculations",
    "is tongue twitching common in BFS",
    "sleep paralysis and twitching",
    "paralysis in late ALS",
    "weakness versus fatigue",
    "what helps against cramps",
    "I bombed my exam because of the shaking",
    "that joke killed me",
    "breathing exercises for anxiety",
    "my phone died while I read your article",
    "I cut myself shaving",
    "how long do people live with ALS",
    "life expectancy with ALS",
    "dead lift and calf twitching",
    "I hit the gym hard yesterday and my legs twitch",
    "stroke of luck",
    "",
    "?!",
    "asdf qwer",
]


@pytest.fixture(scope="module")
def notices() -> Notices:
    return Notices.load()


def kinds(notices: Notices, text: str) -> tuple[NoticeKind, ...]:
    return tuple(notice.kind for notice in notices.for_question(text))


@pytest.mark.parametrize("text", EMERGENCY)
def test_a_physical_emergency_is_seen_and_never_sent_to_a_crisis_line(notices: Notices, text: str) -> None:
    assert kinds(notices, text)[:1] == ("emergency",)
    assert "crisis" not in kinds(notices, text)


@pytest.mark.parametrize("text", CRISIS)
def test_a_crisis_is_seen(notices: Notices, text: str) -> None:
    assert "crisis" in kinds(notices, text)


@pytest.mark.parametrize("text", BOTH)
def test_intentional_harm_done_is_both(notices: Notices, text: str) -> None:
    assert kinds(notices, text)[:2] == ("emergency", "crisis")


@pytest.mark.parametrize("text", PERSONAL)
def test_a_question_about_ones_own_case_gets_the_personal_notice_only(notices: Notices, text: str) -> None:
    assert kinds(notices, text) == ("personal",)


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_a_look_alike_raises_nothing(notices: Notices, text: str) -> None:
    assert kinds(notices, text) == ()
