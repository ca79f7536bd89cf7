"""A job is run again for an earlier run: from its failure, or some of its steps."""

from __future__ import annotations

import pytest

from notebook_assets import (
    AssetIn,
    Definitions,
    Instance,
    InvalidInvocationError,
    ReexecutionOptions,
    StaticPartitionsDefinition,
    UnknownAssetError,
    asset,
    define_asset_job,
    materialize,
)

LETTERS = StaticPartitionsDefinition(["x", "y"])


class Chain:
    """Three assets, one after the other, the second of which fails as long as a test wishes; ``made`` are the calls."""

    def __init__(self, partitions_def=None):
        self.made: list[str] = []
        self.fails = True

        @asset(partitions_def=partitions_def)
        def first():
            self.made.append("first")
            return 1

        @asset(partitions_def=partitions_def, key_prefix="deep")
        def second(first):
            self.made.append("second")
            if self.fails:
                raise ValueError("not yet")
            return first + 1

        @asset(partitions_def=partitions_def, ins={"second": AssetIn(key_prefix="deep")})
        def third(second):
            self.made.append("third")
            return second + 1

        definitions = Definitions([first, second, third], jobs=[define_asset_job("all_three")])
        self.job = definitions.resolve_job_def("all_three")

    def again(self, store, options, **more):
        self.made.clear()
        self.fails = False
        return self.job.execute_in_process(instance=store, reexecution_options=options, **more)


@pytest.fixture
def store():
    with Instance.ephemeral() as instance:
        yield instance


def failed(chain: Chain, store: Instance, **options) -> str:
    return chain.job.execute_in_process(instance=store, raise_on_error=False, **options).run_id


def test_from_failure_makes_what_failed_and_what_was_skipped(store):
    chain = Chain()
    first = failed(chain, store, tags={"team": "a"})
    result = chain.again(store, ReexecutionOptions.from_failure(first, store))
    assert chain.made == ["second", "third"]
    assert result.success
    run = store.run(result.run_id)
    assert (run.parent_run_id, run.tags["team"]) == (first, "a")
    assert chain.again(store, ReexecutionOptions.from_failure(first, store)).planned == 0


@pytest.mark.parametrize(
    ("steps", "made"),
    [
        ([], ["first", "second", "third"]),
        (["deep__second"], ["second"]),
        (["*deep__second"], ["first", "second"]),
        (["deep__second+"], ["second", "third"]),
        (["first", "third"], ["first", "third"]),
    ],
)
def test_some_of_its_steps_or_all(store, steps, made):
    chain = Chain()
    first = failed(chain, store)
    chain.again(store, ReexecutionOptions.from_failure(first, store))
    assert chain.again(store, ReexecutionOptions(first, steps)).success
    assert chain.made == made


def test_names_may_hold_quotation_marks(store):
    @asset(name='a"b')
    def first():
        return 1

    @asset(ins={"first": AssetIn(key='a"b')}, name="c'd")
    def second(first):
        return first

    job = Definitions([first, second], jobs=[define_asset_job("both")]).resolve_job_def("both")
    before = job.execute_in_process(instance=store)
    names = [event.step_key for event in before.get_step_success_events()]
    assert len(names) == 2
    for step, planned in ((names[0], 1), (f"{names[0]}+", 2), (f"*{names[1]}", 2), (f"++{names[1]}", 2)):
        options = ReexecutionOptions(before.run_id, [step])
        again = job.execute_in_process(instance=store, reexecution_options=options)
        assert (again.success, again.planned) == (True, planned), step


def test_the_partition_is_that_of_the_run(store):
    chain = Chain(LETTERS)
    first = failed(chain, store, partition_key="y")
    result = chain.again(store, ReexecutionOptions.from_failure(first, store))
    assert (chain.made, result.success) == (["second", "third"], True)
    assert store.load("third", "y") == 3


@pytest.mark.parametrize("asked", [{"partition_key": "x"}, {"tags": {"dagster/partition": "x"}}])
def test_another_partition_than_that_of_the_run_is_refused(store, asked):
    chain = Chain(LETTERS)
    options = ReexecutionOptions.from_failure(failed(chain, store, partition_key="y"), store)
    with pytest.raises(InvalidInvocationError, match="is to make y; got the partition 'x'"):
        chain.again(store, options, **asked)
    assert chain.made == []
    assert chain.again(store, options, partition_key="y").success


def test_a_run_of_many_partitions_goes_on_without_one_being_named(store):
    chain = Chain(LETTERS)
    first = materialize(
        list(chain.job.definitions.assets), partitions="all", instance=store, raise_on_error=False, progress=False
    )
    options = ReexecutionOptions.from_failure(first.run_id, store)
    with pytest.raises(InvalidInvocationError, match="is to make what it planned; got the partition 'x'"):
        chain.again(store, options, partition_key="x")
    assert chain.again(store, options).done == 4


def test_what_can_not_be_run_again_says_why(store):
    chain = Chain()
    first = failed(chain, store)
    with pytest.raises(UnknownAssetError, match="no step 'secnd'"):
        chain.again(store, ReexecutionOptions(first, ["secnd"]))
    with pytest.raises(InvalidInvocationError, match="no run 'nope'"):
        chain.again(store, ReexecutionOptions("nope"))
    with pytest.raises(InvalidInvocationError, match="no run 'nope'"):
        ReexecutionOptions.from_failure("nope", store)
    well = chain.again(store, ReexecutionOptions.from_failure(first, store)).run_id
    with pytest.raises(InvalidInvocationError, match="ended well"):
        ReexecutionOptions.from_failure(well, store)
    with pytest.raises(InvalidInvocationError, match="list of texts"):
        ReexecutionOptions(first, "first")
