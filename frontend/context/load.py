"""How the build's steps get the context: a State of it, filtered by the patterns that the app's tree is filtered by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontend.context.ignored import FilteredTree

if TYPE_CHECKING:
    import llb
    from frontend.gateway.client import Gateway, Pending, Ref
    from frontend.settings.options import BuildOptions

DETECT_HINT = "migetpacks-detect"  # keeps what is read to decide apart from the whole context, in BuildKit's store


class Load:
    """Makes the State of a context. `late` says that BuildKit does not load it before it is asked for."""

    late = False

    def state(self, tree: FilteredTree) -> llb.State:
        """The whole context without what the tree hides."""
        raise NotImplementedError

    def begin(self, state: llb.State, platform: str) -> None:
        """Has BuildKit load that State now. What fails will fail where a step asks for it."""
        raise NotImplementedError

    @staticmethod
    def _with_revised(state: llb.State, tree: FilteredTree) -> llb.State:
        """The files that are shown without their credentials, put back."""
        if not tree.revised:
            return state
        import llb

        actions = []
        for path, data in sorted(tree.revised.items()):
            if parent := path.rpartition("/")[0]:
                actions.append(llb.mkdir(f"/{parent}", parents=True))
            actions.append(llb.mkfile(f"/{path}", data))
        return state.file(*actions, name="[internal] settings of package managers, without credentials")


class LocalLoad(Load):
    """A directory of the client: BuildKit filters it while it loads."""

    late = True

    def __init__(self, gateway: Gateway, options: BuildOptions, name: str) -> None:
        self.gateway = gateway
        self.name = name
        self.session = options.local_sessions.get(name, gateway.session_id)
        self.shared_key = options.shared_keys.get(name, "")

    def state(self, tree: FilteredTree) -> llb.State:
        import llb

        hint = self.name if not self.shared_key else f"{self.name}-{self.shared_key}"
        state = llb.local(
            self.name,
            exclude=tree.excluded,
            session_id=self.session,
            shared_key_hint=hint,
            name="[internal] load build context",
        )
        return self._with_revised(state, tree)

    def begin(self, state: llb.State, platform: str) -> None:
        self.gateway.start_solve(state.marshal(platform=platform).to_bytes(), evaluate=True)

    def start(
        self,
        *,
        follow: tuple[str, ...],
        exclude: tuple[str, ...],
        number: int,
        contents: bool,
        held: tuple[str, ...] = (),
    ) -> Pending[Ref]:
        """Asks for some paths of it, those they link to included, all where `follow` is empty.

        `number` counts the requests of a build. Without `contents` names come, and the contents of `held` only.
        """
        question = (self.name, follow, exclude, number, contents, held)
        if self.session == self.gateway.session_id and not self.shared_key:
            left = self.gateway.start_look(question)
            if left is not None:
                return left
        import llb

        state = llb.local(
            self.name,
            follow=follow,
            exclude=exclude,
            session_id=self.session,
            # each request has a store of its own, so that the next build's has only changes to load
            shared_key_hint=DETECT_HINT if number == 1 else f"{DETECT_HINT}-{number}",
            metadata_only=not contents,
            metadata_except=held,
            name="[internal] look at the app" if contents or held else "[internal] list a directory of the app",
        )
        return self.gateway.start_solve(state.marshal().to_bytes(), evaluate=True)


class SolvedLoad(Load):
    """A filesystem of BuildKit's: filtered by a copy."""

    def __init__(self, whole: llb.State) -> None:
        self.whole = whole

    def state(self, tree: FilteredTree) -> llb.State:
        from frontend.context import remote

        return self._with_revised(remote.filtered(self.whole, tree.excluded), tree)
