using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Tests.Memory;

/// <summary>Where the list of vmas is long its vmas are found in an array: those that a walk of the list would find.</summary>
public sealed class VmaIndexTests
{
    private const int Addresses = 40;

    [Fact]
    public void What_is_found_is_what_the_list_says_after_every_kind_of_change()
    {
        var machine = new Machine(
            CostModel.Named("epyc-2023")!, new MachineCapacity(Cpus: 1, Vmas: Addresses, Addresses: Addresses), machine => new Linux2_6_28(machine));
        machine.PowerOn(new MachineSize());
        MmStruct mm = machine.BootTask("task", mm: null).RawMm!;
        var random = new Random(7);
        int[] changes = new int[5];
        for (int change = 0; change < 2000; change++)
        {
            Change();
            for (int address = 0; address <= Addresses; address++)
            {
                Assert.Same(Walked(address), mm.FindVmaOnce(address));
            }
        }

        // The changes follow from the seed: so many of each kind there are.
        Assert.All(changes, count => Assert.InRange(count, 30, 2000));

        void Change()
        {
            int address = random.Next(Addresses);
            Vma? found = Walked(address);
            if (found is null || found.RawStart > address)
            {
                // A page that is not mapped.
                changes[0]++;
                Vma fresh = machine.AllocVmaForSure();
                fresh.Mm = mm;
                fresh.Start = address;
                fresh.End = address + 1;
                mm.Link(fresh);
                return;
            }

            int room = (found.RawNext?.RawStart ?? Addresses) - found.RawEnd;
            switch (random.Next(3))
            {
                case 0 when room > 0:
                    changes[1]++;
                    found.End++;
                    break;
                case 1 when found.RawEnd - found.RawStart > 1:
                    changes[2]++;
                    found.Start++;
                    break;
                default:
                    changes[ReferenceEquals(mm.RawMmap, found) ? 3 : 4]++;
                    mm.Unlink(found);
                    found.Free();
                    break;
            }
        }

        Vma? Walked(int address)
        {
            Vma? vma = mm.RawMmap;
            while (vma is not null && vma.RawEnd <= address)
            {
                vma = vma.RawNext;
            }

            return vma;
        }
    }
}
