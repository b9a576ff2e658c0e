using System.Collections.Concurrent;
using Firesteel.Data;
using Firesteel.Tests.Conformance;

namespace Firesteel.Tests;

/// <summary>Orders and draws are those of PyTorch 1.13.</summary>
[Collection(GeneratorCollection.Name)]
public class DataLoaderTests
{
    private static readonly TensorDataset s_ten = new(Tensor.Arange(10.0), Tensor.Arange(10));

    private static string Order(DataLoader loader) => string.Join(" ", loader.Select(batch => $"[{string.Join(",", batch[^1].ToArray<long>())}]"));

    private static string Draw(Generator? generator = null) => string.Join(",", Tensor.Randint(1000, [3], generator: generator).ToArray<long>());

    [Fact]
    public void ShuffledBatchesAreInPyTorchsOrder()
    {
        Rng.ManualSeed(2021);
        var loader = new DataLoader(s_ten, batchSize: 4, shuffle: true);
        Assert.Equal(3, loader.Count);
        Assert.Equal("[6,5,1,7] [4,3,0,9] [2,8]", Order(loader));
        Assert.Equal("[9,0,3,7] [8,2,1,4] [6,5]", Order(loader));
        Assert.Equal("295,590,211", Draw());
        Rng.ManualSeed(5);
        loader = new DataLoader(s_ten, batchSize: 4, shuffle: true, dropLast: true);
        Assert.Equal(2, loader.Count);
        Assert.Equal("[8,3,0,5] [9,1,6,2]", Order(loader));
        Assert.Equal("6,70,792", Draw());
        Rng.ManualSeed(5);
        Assert.Equal("[0,1,2,3] [4,5,6,7] [8,9]", Order(new DataLoader(s_ten, batchSize: 4)));
        Assert.Equal("767,885,6", Draw());
    }

    [Fact]
    public void AGeneratorOfItsOwn()
    {
        var generator = new Generator().ManualSeed(7);
        var before = Rng.GetRngState();
        var loader = new DataLoader(s_ten, batchSize: 5, shuffle: true, generator: generator);
        Assert.Equal("[1,3,5,7,9] [4,6,2,8,0]", Order(loader));
        Assert.Equal("[5,1,6,0,9] [7,8,4,3,2]", Order(loader));
        Assert.Equal("979,661,104", Draw(generator));
        Assert.Equal(before, Rng.GetRngState());
    }

    [Fact]
    public void BatchesHoldWhatTheTensorsHold()
    {
        int seen = 0;
        foreach (var (x, y) in new DataLoader(new TensorDataset(Tensor.Arange(12.0).Reshape(6, 2), Tensor.Arange(6)), batchSize: 4))
        {
            Assert.Equal([y.Shape[0], 2L], x.Shape);
            Assert.Equal(DType.Int64, y.DType);
            Assert.Equal(y.ToArray<float>().SelectMany(i => new[] { 2 * i, 2 * i + 1 }), x.ToArray<float>());
            seen += (int)y.Shape[0];
        }
        Assert.Equal(6, seen);
        Assert.Throws<InvalidOperationException>(() =>
        {
            foreach (var (a, b, c) in new DataLoader(s_ten)) GC.KeepAlive((a, b, c));
        });
    }

    private sealed class SeedsOfWorkers : Dataset
    {
        public override int Count => 8;

        public override Tensor[] this[int index] =>
            [Tensor.From(new[] { index, DataLoader.GetWorkerInfo()!.Id, Tensor.Randint(1000, [1]).Item<long>(), (long)(Rng.InitialSeed() % (1L << 32)) })];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void WorkersHavePyTorchsSeedsAndGiveBatchesInOrder(int prefetch)
    {
        Rng.ManualSeed(3);
        var batches = new DataLoader(new SeedsOfWorkers(), batchSize: 2, numWorkers: 3, prefetchFactor: prefetch).Select(batch => string.Join(",", batch[0].ToArray<long>()));
        Assert.Equal(["0,0,967,303761048,1,0,628,303761048", "2,1,91,303761049,3,1,933,303761049", "4,2,870,303761050,5,2,149,303761050", "6,0,895,303761048,7,0,711,303761048"], batches);
        Assert.Equal("737,667,360", Draw());
        Rng.ManualSeed(3);
        batches = new DataLoader(new SeedsOfWorkers(), batchSize: 2, numWorkers: 2, shuffle: true, prefetchFactor: prefetch).Select(batch => string.Join(",", batch[0].ToArray<long>()));
        Assert.Equal(["2,0,967,303761048,1,0,628,303761048", "6,1,91,303761049,5,1,933,303761049", "0,0,895,303761048,4,0,711,303761048", "3,1,908,303761049,7,1,844,303761049"], batches);
        Assert.Equal("360,280,840", Draw());
        Assert.Null(DataLoader.GetWorkerInfo());
    }

    private sealed class Stream : IterableDataset<long>
    {
        public override IEnumerator<long> GetEnumerator()
        {
            var (start, count) = DataLoader.GetWorkerInfo() is { Id: var id } ? (id * 10, 3 + 2 * id) : (0, 7);
            for (int i = 0; i < count; i++) yield return start + i;
        }
    }

    [Fact]
    public void Streams()
    {
        static string Run(int batchSize, int workers, bool dropLast) =>
            string.Join(" ", DataLoader.Create(new Stream(), Collate.Default, batchSize, workers, dropLast).Select(batch => $"[{string.Join(",", batch.ToArray<long>())}]"));
        Assert.Equal("[0,1,2] [3,4,5] [6]", Run(3, 0, false));
        Assert.Equal("[0,1,2] [3,4,5]", Run(3, 0, true));
        Assert.Equal("[0,1] [10,11] [20,21] [2] [12,13] [22,23] [14] [24,25] [26]", Run(2, 3, false));
        Assert.Equal("[0,1] [10,11] [20,21] [12,13] [22,23] [24,25]", Run(2, 3, true));
        Assert.Throws<InvalidOperationException>(() => DataLoader.Create(new Stream(), Collate.Default).Count);
    }

    private sealed class Slow(Func<int, Tensor[]> read) : Dataset
    {
        public override int Count => 40;

        public override Tensor[] this[int index] => read(index);
    }

    private static Tensor[] Fail(int index) => index == 17 ? throw new FormatException("page missing") : [Tensor.From(index)];

    [Fact]
    public void ExceptionsOfWorkersSurfaceInTurn()
    {
        int batches = 0;
        var error = Assert.Throws<WorkerException>(() =>
        {
            foreach (var batch in new DataLoader(new Slow(Fail), batchSize: 4, numWorkers: 3)) batches++;
        });
        Assert.Equal(4, batches); // those before the one that fails
        Assert.Equal((1, 17), (error.WorkerId, error.Index));
        Assert.Contains("FormatException in DataLoader worker 1 at sample 17: page missing", error.Message);
        Assert.Contains(nameof(Fail), Assert.IsType<FormatException>(error.InnerException).StackTrace);
        Assert.Throws<FormatException>(() => new DataLoader(new Slow(Fail), batchSize: 4).Count());
    }

    [Fact]
    public void ExceptionsInInitAndCollate()
    {
        var error = Assert.Throws<WorkerException>(() => new DataLoader(s_ten, numWorkers: 2, workerInitFn: id => throw new InvalidDataException("no disk")).Count());
        Assert.Equal((0, null, "no disk"), (error.WorkerId, error.Index, error.InnerException!.Message));
        error = Assert.Throws<WorkerException>(() => new DataLoader(s_ten, batchSize: 2, numWorkers: 2, collateFn: rows => throw new InvalidDataException("odd")).Count());
        Assert.Null(error.Index);
    }

    [Fact]
    public void WorkerInit()
    {
        var calls = new ConcurrentBag<(int, ulong, int, object)>();
        Rng.ManualSeed(3);
        Assert.Equal(5, new DataLoader(s_ten, batchSize: 2, numWorkers: 2, workerInitFn: id => calls.Add((id, Rng.InitialSeed(), DataLoader.GetWorkerInfo()!.NumWorkers, DataLoader.GetWorkerInfo()!.Dataset))).Count());
        Assert.Equal([0, 1], calls.Select(c => c.Item1).Order());
        Assert.All(calls, c => Assert.Equal((303761048uL + (ulong)c.Item1, 2, (object)s_ten), (c.Item2 % (1uL << 32), c.Item3, c.Item4)));
    }

    [Fact]
    public void EndingEarlyLeavesNoThread()
    {
        var threads = new ConcurrentDictionary<int, Thread>();
        var loader = new DataLoader(new Slow(i =>
        {
            threads[Environment.CurrentManagedThreadId] = Thread.CurrentThread;
            Thread.Sleep(1);
            return [Tensor.From(i)];
        }), batchSize: 2, numWorkers: 4, prefetchFactor: 3);
        foreach (var batch in loader) break;
        Assert.NotEmpty(threads);
        Assert.All(threads.Values, thread => Assert.False(thread.IsAlive));
        Assert.Equal(20, loader.Count());
        Assert.All(threads.Values, thread => Assert.False(thread.IsAlive));
        Assert.Throws<InvalidOperationException>(() =>
        {
            foreach (var batch in loader) throw new InvalidOperationException();
        });
        Assert.All(threads.Values, thread => Assert.False(thread.IsAlive));
    }

    private static IEnumerable<int> Breaking()
    {
        yield return 1;
        throw new FormatException("no more");
    }

    [Fact]
    public void ASamplerThatThrows()
    {
        Assert.Throws<FormatException>(() => new DataLoader(s_ten, sampler: Breaking()).Count());
        Assert.Throws<FormatException>(() => new DataLoader(s_ten, sampler: Breaking(), numWorkers: 2).Count());
        Assert.Throws<InvalidOperationException>(() => _ = new DataLoader(s_ten, sampler: Breaking()).Count);
    }

    [Fact]
    public void SamplersAndBatchSamplersOfTheCaller()
    {
        Assert.Equal("[7,7] [1]", Order(new DataLoader(s_ten, batchSize: 2, sampler: [7, 7, 1])));
        int[][] batches = [[0, 9], [5], [1, 2, 3]];
        var loader = new DataLoader(s_ten, batchSampler: batches);
        Assert.Equal("[0,9] [5] [1,2,3]", Order(loader));
        Assert.Equal("[0,9] [5] [1,2,3]", Order(new DataLoader(s_ten, batchSampler: batches, numWorkers: 2)));
        Assert.Equal(3, loader.Count);
        Assert.Throws<IndexOutOfRangeException>(() => Order(new DataLoader(s_ten, sampler: [10])));
    }

    [Fact]
    public void Contradictions()
    {
        int[][] batches = [[0]];
        Assert.Throws<ArgumentException>(() => new DataLoader(s_ten, batchSize: 0));
        Assert.Throws<ArgumentException>(() => new DataLoader(s_ten, shuffle: true, sampler: [1]));
        Assert.Throws<ArgumentException>(() => new DataLoader(s_ten, batchSize: 2, batchSampler: batches));
        Assert.Throws<ArgumentException>(() => new DataLoader(s_ten, dropLast: true, batchSampler: batches));
        Assert.Throws<ArgumentException>(() => new DataLoader(s_ten, numWorkers: -1));
        Assert.Throws<ArgumentException>(() => new DataLoader(s_ten, prefetchFactor: 2));
        Assert.Throws<ArgumentException>(() => new DataLoader(s_ten, numWorkers: 1, prefetchFactor: 0));
        Assert.Throws<ArgumentException>(() => new DataLoader(new TensorDataset(Tensor.Zeros(0)), shuffle: true));
        Assert.Throws<ArgumentException>(() => DataLoader.Create(new Stream(), Collate.Default, batchSize: 0));
        Assert.Throws<ArgumentNullException>(() => new DataLoader(null!));
        Assert.Empty(new DataLoader(new TensorDataset(Tensor.Zeros(0))));
    }
}
