namespace Firesteel.Tests.Devices.Cpu;

/// <summary>Fork and join. The tests that change the number of threads set it back.</summary>
public class CpuThreadsTests
{
    private struct Mark : IRangeBody
    {
        public int[] Hits;
        public int Work;

        public readonly void Run(long start, long end)
        {
            for (long i = start; i < end; i++)
            {
                Thread.SpinWait(Work);
                Interlocked.Increment(ref Hits[i]);
            }
        }
    }

    private struct Cuts : IRangeBody
    {
        public System.Collections.Concurrent.ConcurrentBag<(long, long)> Bag;

        public readonly void Run(long start, long end) => Bag.Add((start, end));
    }

    private struct Nested : IRangeBody
    {
        public int[] Hits;

        public readonly void Run(long start, long end)
        {
            int thread = Environment.CurrentManagedThreadId;
            var inner = new SameThread { Thread = thread, Hits = Hits };
            CpuThreads.For(10, 1, inner);
        }
    }

    private struct SameThread : IRangeBody
    {
        public int Thread;
        public int[] Hits;

        public readonly void Run(long start, long end)
        {
            if (Environment.CurrentManagedThreadId == Thread) Interlocked.Increment(ref Hits[start]);
        }
    }

    private struct Fails : IRangeBody
    {
        public long From;

        public readonly void Run(long start, long end)
        {
            Thread.SpinWait(100);
            if (start >= From) throw new InvalidOperationException($"piece {start}");
        }
    }

    /// <summary>Runs an action with each of these thread counts.</summary>
    internal static void WithThreads(Action<int> action, params int[] counts)
    {
        int before = Threads.Count;
        try
        {
            foreach (int count in counts)
            {
                Threads.Count = count;
                action(count);
            }
        }
        finally
        {
            Threads.Count = before;
        }
    }

    [Fact]
    public void EveryIndexRunsOnce() => WithThreads(
        static _ =>
        {
            foreach (var (count, grain) in new[] { (0, 1), (1, 1), (5, 10), (10, 5), (1000, 1), (1001, 10), (20000, 3) })
            {
                var hits = new int[count];
                CpuThreads.For(count, grain, new Mark { Hits = hits, Work = 3 });
                Assert.All(hits, static hit => Assert.Equal(1, hit));
            }
        },
        1, 2, 5);

    [Fact]
    public void ManyShortForksInARow() => WithThreads(
        static _ =>
        {
            var hits = new int[8];
            for (int i = 0; i < 20000; i++) CpuThreads.For(8, 1, new Mark { Hits = hits });
            Assert.All(hits, static hit => Assert.Equal(20000, hit));
        },
        2, 5);

    [Fact]
    public void CutsDoNotDependOnTheNumberOfThreads() => WithThreads(
        static _ =>
        {
            var bag = new System.Collections.Concurrent.ConcurrentBag<(long, long)>();
            CpuThreads.For(25, 10, new Cuts { Bag = bag });
            Assert.Equal([(0, 10), (10, 20), (20, 25)], bag.Order());
        },
        1, 2, 5);

    [Fact]
    public void AForkWithinAForkRunsOnItsOwnThread() => WithThreads(
        static _ =>
        {
            var hits = new int[10];
            CpuThreads.For(50, 1, new Nested { Hits = hits });
            Assert.All(hits, static hit => Assert.Equal(50, hit));
        },
        2, 5);

    [Fact]
    public void TheExceptionOfTheFirstPieceComesOut() => WithThreads(
        static _ =>
        {
            for (int i = 0; i < 50; i++)
            {
                var e = Assert.Throws<InvalidOperationException>(static () => CpuThreads.For(100, 1, new Fails { From = 7 }));
                Assert.Equal("piece 7", e.Message);
            }
            var hits = new int[100];
            CpuThreads.For(100, 1, new Mark { Hits = hits });
            Assert.All(hits, static hit => Assert.Equal(1, hit)); // and the pool still works
        },
        1, 2, 5);

    [Fact]
    public void SeveralCallersAtOnce() => WithThreads(
        static _ =>
        {
            var callers = Enumerable.Range(0, 6).Select(static _ => new Thread(static () =>
            {
                for (int i = 0; i < 300; i++)
                {
                    var hits = new int[40];
                    CpuThreads.For(40, 3, new Mark { Hits = hits, Work = 5 });
                    if (hits.Any(static hit => hit != 1)) throw new InvalidOperationException("a piece ran twice or not at all");
                }
            })).ToArray();
            foreach (var caller in callers) caller.Start();
            foreach (var caller in callers) Assert.True(caller.Join(TimeSpan.FromSeconds(60)));
        },
        2, 5);

    [Fact]
    public void AForkAllocatesNothing()
    {
        WithThreads(
            static _ =>
            {
                var hits = new int[8];
                CpuThreads.For(8, 1, new Mark { Hits = hits });
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < 1000; i++) CpuThreads.For(8, 1, new Mark { Hits = hits });
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000); // waking a sleeper may allocate a little
            },
            2);
    }

    [Fact]
    public void TheCountIsValidated()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => Threads.Count = 0);
        Assert.Throws<ArgumentOutOfRangeException>(static () => Threads.Count = -3);
        Assert.Throws<ArgumentOutOfRangeException>(static () => Threads.Count = 5000);
        Assert.True(Threads.Count >= 1);
    }

    [Theory]
    [InlineData(null, 8, 8)]
    [InlineData("3", 8, 3)]
    [InlineData("0", 8, 8)]
    [InlineData("-1", 8, 8)]
    [InlineData("many", 8, 8)]
    [InlineData("99999999999", 8, 8)]
    public void TheEnvironmentSetsTheCount(string? variable, int processors, int expected) => Assert.Equal(expected, Threads.Default(variable, processors));
}
