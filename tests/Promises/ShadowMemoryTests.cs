using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Properties.Promises;

namespace Variants.Tests.Promises;

/// <summary>What a page could hold, event by event: the rule of each operation.</summary>
public sealed class ShadowMemoryTests
{
    private readonly Machine _machine = new(DirectKernel.Checks, machine => new DirectKernel(machine));
    private readonly ShadowMemory _shadow;
    private readonly TaskStruct _a;
    private readonly TaskStruct _b;

    public ShadowMemoryTests()
    {
        _shadow = new ShadowMemory(_machine);
        _machine.PowerOn(new MachineSize());
        _a = _machine.BootProcess("A");
        _b = _machine.BootProcess("B");
        _shadow.Booted(_machine);
    }

    [Fact]
    public void A_page_holds_what_was_stored_last()
    {
        Assert.Equal("0", Held(_a, 0));
        Assert.Equal("nothing", Held(_a, 2));
        Write(_a, 0, 1);
        Write(_a, 0, 2);
        Assert.Equal("2", Held(_a, 0));
        Assert.Equal("0", Held(_b, 0));
    }

    [Fact]
    public void Threads_share_their_pages()
    {
        TaskStruct thread = Child(_a, Verbs.Clone);
        Write(thread, 0, 1);
        Assert.Equal("1", Held(_a, 0));
        Write(_a, 0, 2);
        Assert.Equal("2", Held(thread, 0));
    }

    [Fact]
    public void A_child_has_any_of_what_its_parent_had_during_the_fork_until_it_looks()
    {
        TaskStruct thread = Child(_a, Verbs.Clone);
        Write(_a, 0, 1);
        Begin(_a, Verbs.Fork);
        Write(thread, 0, 2);
        Write(thread, 0, 3);
        TaskStruct child = Wake(_a, Verbs.Fork);
        Write(thread, 0, 4);
        End(_a, Verbs.Fork, 0, child.Pid);

        Assert.Equal("1 or 2 or 3", Held(child, 0));
        Assert.Equal("4", Held(_a, 0));
        TaskStruct grandchild = Child(child, Verbs.Fork);
        Read(child, 0, 2);
        Assert.Equal("2", Held(child, 0));
        Assert.Equal("1 or 2 or 3", Held(grandchild, 0));
        Write(grandchild, 0, 5);
        Assert.Equal("5", Held(grandchild, 0));
        Assert.Equal("2", Held(child, 0));
    }

    [Fact]
    public void Exec_gives_the_task_fresh_memory_and_leaves_its_threads_theirs()
    {
        TaskStruct thread = Child(_a, Verbs.Clone);
        Write(_a, 0, 1);
        Do(_a, Verbs.Exec, 0, Errno.NoMem);
        Assert.Equal("1", Held(_a, 0));
        Do(_a, Verbs.Exec);
        Assert.Equal("0", Held(_a, 0));
        Assert.Equal("1", Held(thread, 0));
    }

    [Fact]
    public void While_a_page_is_mapped_anew_it_may_be_the_old_one_or_the_new_one()
    {
        TaskStruct thread = Child(_a, Verbs.Clone);
        Write(_a, 0, 1);
        Begin(_a, Verbs.MapAnonymous);
        Assert.Equal("1 or 0", Held(_a, 0));
        Write(thread, 0, 2);
        Assert.Equal("2 or 0", Held(_a, 0));
        End(_a, Verbs.MapAnonymous);
        Assert.Equal("2 or 0", Held(_a, 0));
        Read(thread, 0, 2);
        Assert.Equal("2", Held(_a, 0));
    }

    [Fact]
    public void A_read_tells_whether_a_mapping_has_taken_effect()
    {
        TaskStruct thread = Child(_a, Verbs.Clone);
        Write(_a, 0, 1);
        Begin(_a, Verbs.MapAnonymous);
        Write(thread, 0, 2);
        Read(thread, 0, 0);
        Assert.Equal("0", Held(_a, 0));
        End(_a, Verbs.MapAnonymous);
        Assert.Equal("0", Held(_a, 0));
    }

    [Fact]
    public void A_store_before_the_mapping_took_effect_is_lost_and_one_after_the_end_is_not()
    {
        Write(_a, 0, 1);
        Do(_a, Verbs.Unmap);
        Assert.Equal("nothing", Held(_a, 0));
        Do(_a, Verbs.MapFile);
        Assert.Equal("file page 0", Held(_a, 0));
        Write(_a, 0, 2);
        Assert.Equal("2", Held(_a, 0));
    }

    [Fact]
    public void Two_calls_on_one_page_may_take_effect_in_either_order()
    {
        TaskStruct thread = Child(_a, Verbs.Clone);
        Write(_a, 0, 1);
        Begin(_a, Verbs.MapAnonymous);
        Begin(thread, Verbs.MapFile);
        End(_a, Verbs.MapAnonymous);
        Assert.Equal("0 or file page 0", Held(_a, 0));
        End(thread, Verbs.MapFile);
        Assert.Equal("file page 0 or 0", Held(_a, 0));
    }

    [Fact]
    public void A_truncation_takes_private_copies_everywhere_between_its_beginning_and_its_end()
    {
        Do(_a, Verbs.MapFile, 2);
        Write(_a, 2, 1);
        TaskStruct child = Child(_a, Verbs.Fork);
        Write(_a, 0, 7);
        Begin(_b, Verbs.Truncate);
        Assert.Equal("1 or file page 0 or 0", Held(child, 2));
        Write(_a, 2, 2);
        End(_b, Verbs.Truncate);

        Assert.Equal("file page 0 or 0", Held(child, 2));
        Assert.Equal("2 or file page 0 or 0", Held(_a, 2));
        Assert.Equal("7", Held(_a, 0));
        Write(child, 2, 3);
        Assert.Equal("3", Held(child, 2));
    }

    [Fact]
    public void An_access_that_began_before_a_truncation_ended_may_still_find_what_it_took()
    {
        Do(_a, Verbs.MapFile, 2);
        Write(_a, 2, 1);
        Begin(_a, Verbs.Read, 2);
        Do(_b, Verbs.Truncate);
        Assert.True(_shadow.CouldRead(_a, 2, 1));
        _shadow.Read(_a, 2, 1);
        Begin(_a, Verbs.Read, 2);
        Assert.False(_shadow.CouldRead(_a, 2, 1));
    }

    [Fact]
    public void A_fork_during_a_truncation_copies_nothing_that_must_not_come_back()
    {
        Do(_a, Verbs.MapFile, 2);
        Write(_a, 2, 1);
        Begin(_a, Verbs.Fork);
        Do(_b, Verbs.Truncate);
        Assert.Equal("file page 0 or 0", Held(Wake(_a, Verbs.Fork), 2));
    }

    [Fact]
    public void A_truncation_that_cuts_nothing_mapped_takes_nothing()
    {
        Do(_a, Verbs.MapFile, 2);
        Write(_a, 2, 1);
        Do(_b, Verbs.Truncate, 1);
        Assert.Equal("1", Held(_a, 2));
    }

    [Fact]
    public void A_peek_sees_the_page_at_some_moment_between_its_beginning_and_its_end()
    {
        TaskStruct thread = Child(_a, Verbs.Clone);
        Write(_a, 0, 1);
        Begin(_b, Verbs.Peek);
        Write(thread, 0, 2);
        Assert.Equal("1 or 2", _shadow.DescribePeeked(_b));
        Assert.False(_shadow.CouldPeek(_b, 0));
    }

    [Fact]
    public void A_page_for_which_there_was_no_memory_is_lost_to_all_threads()
    {
        TaskStruct thread = Child(_a, Verbs.Clone);
        Write(_a, 0, 1);
        Begin(_a, Verbs.Read);
        Begin(thread, Verbs.Read);
        Assert.False(_shadow.CouldFault(thread, 0, Fault.OutOfMemory));
        _a.SawAllocationFail = true;
        Assert.True(_shadow.CouldFault(_a, 0, Fault.OutOfMemory));
        Assert.True(_shadow.CouldFault(thread, 0, Fault.OutOfMemory));
        _shadow.Signalled(_a, 0, write: false, Fault.OutOfMemory);
        Assert.True(_shadow.CouldFault(thread, 0, Fault.OutOfMemory));
        Assert.Equal("1 or 0", Held(thread, 0));
    }

    [Fact]
    public void More_than_can_be_remembered_is_anything()
    {
        TaskStruct thread = Child(_a, Verbs.Clone);
        Begin(_a, Verbs.Fork);
        for (int value = 1; value <= 20; value++)
        {
            Write(thread, 0, value);
        }

        TaskStruct child = Wake(_a, Verbs.Fork);
        Assert.Equal("anything", Held(child, 0));
        Assert.True(_shadow.CouldHold(child, 0, 20));
        Write(child, 0, 21);
        Assert.Equal("21", Held(child, 0));
    }

    private string Held(TaskStruct task, int address) => _shadow.Describe(task, address);

    private void Write(TaskStruct task, int address, int value)
    {
        Begin(task, Verbs.Write, address);
        _shadow.Wrote(task, address, value);
    }

    private void Read(TaskStruct task, int address, int value)
    {
        Begin(task, Verbs.Read, address);
        Assert.True(_shadow.CouldRead(task, address, value));
        _shadow.Read(task, address, value);
    }

    private void Do(TaskStruct task, Verb verb, int number = 0, int result = 0)
    {
        Begin(task, verb, number);
        End(task, verb, number, result);
    }

    private TaskStruct Child(TaskStruct parent, Verb verb)
    {
        Begin(parent, verb);
        TaskStruct child = Wake(parent, verb);
        End(parent, verb, 0, child.Pid);
        return child;
    }

    private TaskStruct Wake(TaskStruct parent, Verb verb)
    {
        TaskStruct child = _machine.AllocTask(parent)!;
        _shadow.Woke(parent, child, new Operation(verb));
        return child;
    }

    private void Begin(TaskStruct task, Verb verb, int number = 0) => _shadow.Began(task, new Operation(verb, number));

    private void End(TaskStruct task, Verb verb, int number = 0, int result = 0) =>
        _shadow.Ended(task, new Operation(verb, number), result);
}
