"""A step that no page says is counted, and an answer that is not as shown ends a journey."""

from pathlib import Path

import pytest

from tests.newcomer import newcomer
from tests.newcomer.newcomer import Newcomer

PAGE = """# A page

## Right

Say hello.

```console
$ export WHO=world
$ echo "hello {$WHO}"
hello {world}
```

<!-- file: named.txt -->
```sh
a file of the reader's
```

## Wrong

```console
$ cat named.txt
another file
```

## Broken

```console
$ false
```
"""


def test_steps_are_counted_and_what_no_page_says_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newcomer, "_text", lambda _page: PAGE)
    done: list[str] = []
    with Newcomer(tmp_path, tmp_path / "packages") as new:
        new.reads("page", "Right")
        new.reads("page", "Broken", instead=("false", lambda: done.append("instead")))
        new.by_hand("page", "Say hello", lambda: done.append("said"))
        new.by_hand("page", "Dance", lambda: done.append("danced"))
        assert new.steps.first_answer is not None
        with pytest.raises(AssertionError, match="another file"):
            new.reads("page", "Wrong")
        with pytest.raises(AssertionError, match="ended with status 1"):
            new.reads("page", "Broken")
    assert done == ["instead", "said", "danced"]
    assert new.steps.unwritten == ["Dance"]
    assert new.steps.by_hand == 2
    assert (tmp_path / "home").is_dir()
