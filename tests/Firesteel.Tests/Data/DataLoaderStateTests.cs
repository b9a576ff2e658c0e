using Firesteel.Data;
using Firesteel.Io;
using Firesteel.Tests.Conformance;

namespace Firesteel.Tests;

/// <summary>A pass that goes on elsewhere gives what it would have given.</summary>
[Collection(GeneratorCollection.Name)]
public class DataLoaderStateTests
{
    /// <summary>Samples with a random number each, as augmentation would draw it.</summary>
    private sealed class Augmented(int count) : Dataset
    {
        public override int Count => count;

        public override Tensor[] this[int index] => [Tensor.From([index, Tensor.Randint(1 << 30, [1]).Item<long>()])];
    }

    /// <summary>A stream in an order that is drawn on the way.</summary>
    private sealed class Shuffling : IterableDataset<Tensor>
    {
        public override IEnumerator<Tensor> GetEnumerator()
        {
            int worker = DataLoader.GetWorkerInfo()?.Id ?? 0;
            for (int i = 0; i < 11 + 6 * worker; i++) yield return Tensor.From([i, worker, Tensor.Randint(1 << 30, [1]).Item<long>()]);
        }
    }

    private static IEnumerable<int> Drawing(int count)
    {
        for (int i = 0; i < count; i++) yield return (int)Tensor.Randint(20, [1]).Item();
    }

    private static readonly Augmented s_data = new(20);

    /// <summary>Loaders by name, each from a generator that they may use as their own.</summary>
    private static readonly Dictionary<string, Func<Generator, IEnumerable<Tensor[]>>> s_loaders = new()
    {
        ["in order"] = static _ => new DataLoader(s_data, batchSize: 3),
        ["shuffled"] = static _ => new DataLoader(s_data, batchSize: 3, shuffle: true),
        ["shuffled, last dropped"] = static _ => new DataLoader(s_data, batchSize: 3, shuffle: true, dropLast: true),
        ["shuffled (generator)"] = static g => new DataLoader(s_data, batchSize: 3, shuffle: true, generator: g),
        ["shuffled, 2 workers"] = static _ => new DataLoader(s_data, batchSize: 3, shuffle: true, numWorkers: 2),
        ["shuffled, 3 workers, far ahead (generator)"] = static g => new DataLoader(s_data, batchSize: 2, shuffle: true, numWorkers: 3, prefetchFactor: 4, generator: g),
        ["shuffled, 5 workers that draw at the start"] = static _ => new DataLoader(s_data, batchSize: 3, shuffle: true, numWorkers: 5, prefetchFactor: 1, workerInitFn: static id => Tensor.Rand([id + 1])),
        ["replacement"] = static _ => new DataLoader(s_data, batchSize: 3, sampler: new RandomSampler(s_data, replacement: true, numSamples: 70)),
        ["replacement (generator)"] = static g => new DataLoader(s_data, batchSize: 3, sampler: new RandomSampler(s_data, replacement: true, numSamples: 70, generator: g), numWorkers: 2),
        ["replacement by the default generator, drawn on the way"] = static _ => new DataLoader(s_data, batchSize: 3, sampler: new RandomSampler(s_data, replacement: true, numSamples: 70, generator: Rng.Default)),
        ["replacement by the default generator, 2 workers"] = static _ => new DataLoader(s_data, batchSize: 3, sampler: new RandomSampler(s_data, replacement: true, numSamples: 70, generator: Rng.Default), numWorkers: 2),
        ["several orders in one pass (generator)"] = static g => new DataLoader(s_data, batchSize: 7, sampler: new RandomSampler(s_data, numSamples: 50, generator: g), generator: g),
        ["weighted (generator)"] = static g => new DataLoader(s_data, batchSize: 3, sampler: new WeightedRandomSampler([.. Enumerable.Range(1, 20).Select(static i => (double)i)], 25, generator: g)),
        ["weighted by the default generator"] = static _ => new DataLoader(s_data, batchSize: 3, sampler: new WeightedRandomSampler([.. Enumerable.Range(1, 20).Select(static i => (double)i)], 25), numWorkers: 1),
        ["a subset (generator)"] = static g => new DataLoader(s_data, batchSize: 2, sampler: new SubsetRandomSampler([1, 4, 9, 16, 2, 3, 5, 7], g)),
        ["batches of a sampler (generator)"] = static g => new DataLoader(s_data, batchSampler: new BatchSampler(new RandomSampler(s_data, generator: g), 4, dropLast: true), numWorkers: 2),
        ["an iterator that draws on the way"] = static _ => new DataLoader(s_data, batchSize: 3, sampler: Drawing(20)),
        ["an iterator that draws on the way, 2 workers"] = static _ => new DataLoader(s_data, batchSize: 3, sampler: Drawing(20), numWorkers: 2),
        ["a stream"] = static _ => Stream(0),
        ["a stream, 1 worker"] = static _ => Stream(1),
        ["a stream, 3 workers"] = static _ => Stream(3),
    };

    private static DataLoader<Tensor, Tensor[]> Stream(int workers) => DataLoader.Create(new Shuffling(), static rows => new[] { Tensor.Stack(rows) }, batchSize: 2, numWorkers: workers);

    public static TheoryData<string> Loaders => [.. s_loaders.Keys];

    private static string Step(Tensor[] batch) => $"{string.Join(",", batch[0].ToArray<long>())} {string.Join(",", Tensor.Randint(1000, [2]).ToArray<long>())}";

    /// <summary>Two passes, every batch with a draw of the caller's, and what each generator draws at the end.</summary>
    private static void Run(IEnumerable<Tensor[]> loader, Generator generator, int passes, List<string> seen, Func<int, bool> stop)
    {
        for (int pass = 0; pass < passes; pass++)
        {
            foreach (var batch in loader)
            {
                seen.Add(Step(batch));
                if (stop(seen.Count)) return;
            }
            seen.Add($"end {Tensor.Randint(1000, [1]).Item()}");
            if (stop(seen.Count)) return;
        }
        seen.Add($"{Tensor.Randint(1 << 30, [1]).Item()} {Tensor.Randint(1 << 30, [1], generator: generator).Item()}");
    }

    [Theory]
    [MemberData(nameof(Loaders))]
    public void AnInterruptedPassGoesOnWithTheSameBatches(string name)
    {
        const int Passes = 2;
        var make = s_loaders[name];
        var whole = new List<string>();
        Rng.ManualSeed(7);
        var g = new Generator().ManualSeed(8);
        Run(make(g), g, Passes, whole, static _ => false);
        Assert.True(whole.Count > 8, "too few steps to be interrupted");

        for (int at = 1; at < whole.Count; at++)
        {
            Rng.ManualSeed(7);
            g = new Generator().ManualSeed(8);
            var first = make(g);
            var seen = new List<string>();
            Dictionary<string, object> state = [];
            byte[] random = [];
            Run(first, g, Passes, seen, n =>
            {
                if (n != at) return false;
                state = ((IStateful)first).StateDict();
                random = Rng.GetRngState();
                return true;
            });

            Rng.ManualSeed(100);
            g = new Generator().ManualSeed(101);
            var second = make(g);
            ((IStateful)second).LoadStateDict(state);
            Rng.SetRngState(random);
            int ends = seen.Count(static s => s.StartsWith("end", StringComparison.Ordinal));
            if (!name.Contains("(generator)")) g.ManualSeed(8); // not the loader's, so not its to restore
            Run(second, g, Passes - ends, seen, static _ => false);
            Assert.Equal(whole, seen);
        }
    }

    private static DataLoader Middle(Dataset data, Action<DataLoader> act, int batchSize = 3, bool shuffle = true, int workers = 0, Generator? generator = null)
    {
        var loader = new DataLoader(data, batchSize, shuffle, numWorkers: workers, generator: generator);
        foreach (var _ in loader)
        {
            act(loader);
            break;
        }
        return loader;
    }

    private static Dictionary<string, object> StateInTheMiddle(Dataset data, int batchSize = 3, bool shuffle = true, int workers = 0, Generator? generator = null)
    {
        Dictionary<string, object> state = [];
        Middle(data, loader => state = loader.StateDict(), batchSize, shuffle, workers, generator);
        return state;
    }

    [Fact]
    public void AStateThatWasLoadedCanBeSavedAgain()
    {
        var state = StateInTheMiddle(s_data);
        var loader = new DataLoader(s_data, batchSize: 3, shuffle: true);
        loader.LoadStateDict(state);
        var again = new DataLoader(s_data, batchSize: 3, shuffle: true);
        again.LoadStateDict(loader.StateDict());
        static string Order(DataLoader loader) => string.Join(" ", loader.Select(static b => string.Join(",", b[0].Select(1, 0).ToArray<long>())));
        Assert.Equal(Order(loader), Order(again));
        Assert.Equal(7, loader.Count());
    }

    [Fact]
    public void APassThatIsOverOrWasLeftIsNotGoneOnWith()
    {
        var loader = Middle(s_data, static _ => { });
        Assert.False(loader.StateDict().ContainsKey("pass"));
        Assert.Equal(7, loader.Count());
        Assert.False(loader.StateDict().ContainsKey("pass"));
        var other = new DataLoader(s_data, batchSize: 10, numWorkers: 3); // other options are nothing to object to then
        other.LoadStateDict(loader.StateDict());
        Assert.Equal(2, other.Count());
    }

    [Fact]
    public void ALoaderOfOtherDataOrOptionsIsRefused()
    {
        void Refused(string message, DataLoader loader, Dictionary<string, object>? state = null)
        {
            var error = Assert.Throws<ArgumentException>(() => loader.LoadStateDict(state ?? StateInTheMiddle(s_data)));
            Assert.Contains(message, error.Message);
            Assert.Equal(loader.Count, loader.Count()); // a pass from the beginning
        }
        Refused("has number of samples 20, and this loader 21", new DataLoader(new Augmented(21), batchSize: 3, shuffle: true));
        Refused("has batch size 3, and this loader 4", new DataLoader(s_data, batchSize: 4, shuffle: true));
        Refused("has order RandomSampler, and this loader SequentialSampler", new DataLoader(s_data, batchSize: 3));
        Refused("has 0 workers, and this loader 2", new DataLoader(s_data, batchSize: 3, shuffle: true, numWorkers: 2));
        Refused("1 generators of its own, and this one has 0", new DataLoader(s_data, batchSize: 3, shuffle: true), StateInTheMiddle(s_data, generator: new Generator()));
        Refused("'generators' is missing", new DataLoader(s_data), []);
        var state = StateInTheMiddle(s_data);
        ((Dictionary<string, object>)state["pass"])["start"] = new List<object> { Tensor.Zeros([5], DType.UInt8) };
        Assert.ThrowsAny<ArgumentException>(() => new DataLoader(s_data, batchSize: 3, shuffle: true).LoadStateDict(state));
    }

    [Fact]
    public void ASamplerThatHasBecomeShorterIsAnError()
    {
        foreach (int workers in new[] { 0, 2 })
        {
            int length = 20;
            IEnumerable<int> Numbers()
            {
                for (int i = 0; i < length; i++) yield return i;
            }
            var loader = new DataLoader(s_data, batchSize: 3, sampler: Numbers(), numWorkers: workers);
            int seen = 0;
            Dictionary<string, object> state = [];
            foreach (var _ in loader)
            {
                if (++seen < 5) continue;
                state = loader.StateDict();
                break;
            }
            length = 6;
            loader.LoadStateDict(state);
            var error = Assert.Throws<InvalidOperationException>(() => loader.Count());
            Assert.Contains("this one has only 2", error.Message);
        }
    }

    [Fact]
    public void NothingIsKeptOfDrawsThatNobodyGotInto()
    {
        var pass = (Dictionary<string, object>)StateInTheMiddle(s_data)["pass"];
        Assert.Empty((System.Collections.IEnumerable)pass["draws"]);
    }
}
