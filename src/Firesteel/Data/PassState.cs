using System.Collections;
using System.Globalization;

namespace Firesteel.Data;

/// <summary>Where a pass of a data loader is: what <see cref="DrawLog"/> says of its beginning, how many batches it gave, and how far its workers are.</summary>
internal sealed class PassState
{
    /// <summary>Where the generators stood at the start.</summary>
    public required IReadOnlyList<byte[]> Start { get; init; }

    public required IReadOnlyList<DrawLog.Note> Notes { get; init; }

    /// <summary>The number of batches that were handed out.</summary>
    public required long Given { get; init; }

    /// <summary>How often the plan was asked for a batch; more often than batches were handed out, because workers read ahead.</summary>
    public long Asked { get; init; }

    /// <summary>The workers that batches are being read by, in turn.</summary>
    public IReadOnlyList<int> Sent { get; init; } = [];

    /// <summary>The worker whose turn is next.</summary>
    public int Next { get; init; }

    public IReadOnlyList<WorkerState> Workers { get; init; } = [];

    /// <summary>The number of batches that a worker gave, whether it has no more, and where its generator stood after the last of them.</summary>
    public readonly record struct WorkerState(long Given, bool Ended, byte[]? Generator);

    /// <summary>The error for a pass that ends before it gets there.</summary>
    public InvalidOperationException TooShort(long given) =>
        new($"DataLoader: the pass to go on with had at least {Given + Sent.Count} batches, and this one has only {given}: the data, the sampler or the batch size is another.");

    public Dictionary<string, object> ToDictionary() => new()
    {
        ["start"] = Start.Select(Bytes).ToList(),
        ["draws"] = Notes.Select(static n => (object)new Dictionary<string, object> { ["step"] = n.Step, ["generator"] = (long)n.Generator, ["state"] = Bytes(n.State) }).ToList(),
        ["batches"] = Given,
        ["asked"] = Asked,
        ["sent"] = Sent.Select(static w => (object)(long)w).ToList(),
        ["next"] = (long)Next,
        ["workers"] = Workers.Select(static w =>
        {
            var worker = new Dictionary<string, object> { ["batches"] = w.Given, ["ended"] = w.Ended };
            if (w.Generator is { } state) worker["generator"] = Bytes(state);
            return (object)worker;
        }).ToList(),
    };

    /// <exception cref="ArgumentException">It is not such a state.</exception>
    public static PassState From(IReadOnlyDictionary<string, object> state, int generators, int workers)
    {
        var result = new PassState
        {
            Start = [.. List(state, "start").Select(static x => Bytes(x, "start"))],
            Notes = [.. List(state, "draws").Select(static x => Note(Dictionary(x, "draws")))],
            Given = Number(state, "batches"),
            Asked = Number(state, "asked"),
            Sent = [.. List(state, "sent").Select(static x => checked((int)Convert.ToInt64(x, CultureInfo.InvariantCulture)))],
            Next = checked((int)Number(state, "next")),
            Workers = [.. List(state, "workers").Select(static x => Worker(Dictionary(x, "workers")))],
        };
        if (result.Start.Count != generators) throw new ArgumentException($"DataLoader: the pass to go on with draws from {result.Start.Count} generators, and this loader from {generators}.");
        if (result.Workers.Count != workers)
            throw new ArgumentException($"DataLoader: the pass to go on with has {result.Workers.Count} workers, and this loader {workers}. Within a pass the number has to stay the same, because every worker has random numbers of its own.");
        if (result.Given < 0 || result.Asked < result.Sent.Count || result.Sent.Any(w => w < 0 || w >= workers) || result.Next < 0 || result.Next > Math.Max(workers - 1, 0)
            || result.Notes.Any(n => n.Generator < 0 || n.Generator >= generators) || result.Workers.Any(static w => w.Given < 0))
            throw new ArgumentException("DataLoader: not the state of a data loader: numbers out of range.");
        return result;
    }

    public static Tensor Bytes(byte[] state) => Tensor.From(state);

    /// <summary>The state of a generator; that it is one is checked here, so that using it cannot fail.</summary>
    public static byte[] Bytes(object? value, string name)
    {
        if (value is not Tensor { DType: DType.UInt8 } tensor) throw Not(name);
        byte[] bytes = tensor.ToArray<byte>();
        new Generator().SetState(bytes);
        return bytes;
    }

    public static ArgumentException Not(string name) => new($"DataLoader: not the state of a data loader: '{name}' is missing or something else.");

    public static IReadOnlyDictionary<string, object> Dictionary(object? value, string name) => value as IReadOnlyDictionary<string, object> ?? throw Not(name);

    public static IEnumerable<object> List(IReadOnlyDictionary<string, object> state, string name) =>
        state.TryGetValue(name, out var value) && value is IEnumerable list and not string ? list.Cast<object>() : throw Not(name);

    public static long Number(IReadOnlyDictionary<string, object> state, string name) =>
        state.TryGetValue(name, out var value) && value is long or int ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : throw Not(name);

    private static DrawLog.Note Note(IReadOnlyDictionary<string, object> note) => new(Number(note, "step"), checked((int)Number(note, "generator")), Bytes(note.GetValueOrDefault("state"), "state"));

    private static WorkerState Worker(IReadOnlyDictionary<string, object> worker) =>
        new(Number(worker, "batches"), worker.GetValueOrDefault("ended") is true, worker.TryGetValue("generator", out var state) ? Bytes(state, "generator") : null);
}
