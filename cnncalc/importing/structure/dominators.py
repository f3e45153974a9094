"""Through which layer all must pass that reaches another: the nearest such of each."""

from __future__ import annotations

from collections.abc import Iterable

from cnncalc.importing.drafts import Draft


class Dominators:
    """The tree of them. `above` is the nearest that each layer depends on wholly; that of the
    inputs is the root."""

    def __init__(self, root: Draft, inputs: Iterable[Draft], layers: Iterable[Draft]) -> None:
        self.above: dict[Draft, Draft] = {root: root}
        self._depth: dict[Draft, int] = {root: 0}
        self._jump: dict[Draft, Draft] = {root: root}
        for draft in inputs:
            if draft is not root:
                self._hang(draft, root)
        for draft in layers:
            self._hang(draft, self._shared(draft.inputs) if draft.inputs else root)

    def _hang(self, draft: Draft, above: Draft) -> None:
        """Each knows a layer far above, so that a search takes the logarithm of the depth."""
        jump = self._jump[above]
        further = self._jump[jump]
        equal = self._depth[above] - self._depth[jump] == self._depth[jump] - self._depth[further]
        self.above[draft] = above
        self._depth[draft] = self._depth[above] + 1
        self._jump[draft] = further if equal else above

    def _shared(self, drafts: Iterable[Draft]) -> Draft:
        found, *rest = dict.fromkeys(drafts)
        for draft in rest:
            found = self._nearest(found, draft)
        return found

    def _nearest(self, one: Draft, other: Draft) -> Draft:
        depth, jump = self._depth, self._jump
        if depth[one] < depth[other]:
            one, other = other, one
        while depth[one] > depth[other]:
            one = jump[one] if depth[jump[one]] >= depth[other] else self.above[one]
        while one is not other:
            far = jump[one] is not jump[other]
            one, other = (jump[one], jump[other]) if far else (self.above[one], self.above[other])
        return one
