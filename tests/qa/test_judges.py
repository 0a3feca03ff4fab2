import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from qa import judges, reading
from qa.judges import judge


def test_a_judge_is_loaded_once_whoever_asks_first() -> None:
    judges._loaded.cache_clear()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: judge(reading.FILE, reading.OUTPUTS), range(4)))
    assert len({id(each) for each in found}) == 1


def test_nothing_is_loaded_before_a_question_is_asked() -> None:
    """Commands that ask nothing start without the seconds that torch takes."""
    program = "import sys, qa.answering, qa.cli; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
