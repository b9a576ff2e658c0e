using System.Collections;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// A function that is captured while it runs and replayed from then on. The first calls run as always and are compared; when two did the same,
/// the third is a replay. C# code in the function runs only while it is captured; what it read (shapes, variables of the closure, settings of
/// modules and optimizers, train and eval) is checked before each replay, and a change captures anew.
/// </summary>
/// <remarks>
/// The tensors that a replay returns, and the gradients that it sets, are the same objects every time: the next <see cref="Run"/> writes new values
/// into them. Read what you need (<c>loss.Item()</c>), or <c>Clone()</c> what you want to keep. A function whose result has a history, for the caller
/// to run backward through, is not captured: it runs as always, and right.
/// </remarks>
/// <typeparam name="TResult">A tensor, or an array, list or tuple of tensors.</typeparam>
public sealed class Compiled<TResult> : Compiled
{
    private const int MostReplays = 8, MostPending = 4, Patience = 16;

    private readonly Delegate _function;
    private readonly int _arity;
    private readonly Func<Tensor[], TResult> _call;
    private readonly List<(Replay Replay, TResult Result)> _replays = [];
    private readonly List<Recording> _pending = [];
    private int _running;
    private bool _handsOutGraph;
    private int _patience = Patience;
    private Replay? _last;

    internal Compiled(Delegate function, int arity, Func<Tensor[], TResult> call)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (!IsTensors(typeof(TResult))) throw new ArgumentException($"Compile: the function returns {typeof(TResult).Name}; a captured function returns a tensor, or an array, list or tuple of tensors, because other values would stay what they were when it was captured.");
        (_function, _arity, _call) = (function, arity, call);
    }

    /// <summary>Calls the function, captured if possible.</summary>
    /// <exception cref="ArgumentException">Another number of tensors than the function takes.</exception>
    /// <exception cref="InvalidOperationException">The function reads values of tensors while it is captured, starts other threads, or is running already.</exception>
    public TResult Run(params ReadOnlySpan<Tensor> inputs)
    {
        if (_arity >= 0 && inputs.Length != _arity) throw new ArgumentException($"Run: the function takes {_arity} tensors, got {inputs.Length}.");
        foreach (var input in inputs) ArgumentNullException.ThrowIfNull(input, nameof(inputs));
        // Within another captured function this one is a part of it.
        if (Recorder.Current is not null) return _call(inputs.ToArray());
        if (Interlocked.Exchange(ref _running, 1) != 0)
            throw new InvalidOperationException("Run: this captured function is running already, on another thread or further up; its memory is there once. Compile the function once for each thread.");
        try
        {
            if (_last is { } last && last.Fits(inputs)) return Replayed(0, inputs);
            for (int i = 0; i < _replays.Count; i++)
                if (!ReferenceEquals(_replays[i].Replay, _last) && _replays[i].Replay.Fits(inputs)) return Replayed(i, inputs);
            return Eagerly(inputs);
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    private protected override IReadOnlyList<Replay> All() => [.. _replays.Select(static r => r.Replay)];

    private TResult Replayed(int index, ReadOnlySpan<Tensor> inputs)
    {
        var found = _replays[index];
        if (index > 0)
        {
            // The latest first.
            _replays.RemoveAt(index);
            _replays.Insert(0, found);
        }
        _last = found.Replay;
        found.Replay.Run(inputs);
        Replays++;
        if (_patience < Patience) _patience++;
        return found.Result;
    }

    private TResult Eagerly(ReadOnlySpan<Tensor> inputs)
    {
        EagerRuns++;
        var arguments = inputs.ToArray();
        if (EagerBecause is not null || Anomaly.Enabled || (_handsOutGraph && GradMode.Enabled)) return _call(arguments);
        if (_replays.Count > 0) LastRecapture = _replays[0].Replay.Misfit(inputs) ?? LastRecapture;

        var recording = Record(arguments, out var result);
        if (TensorsIn(result).Any(static t => t.GradFn is { IsFreed: false }))
        {
            // The caller may run backward through it, which needs the graph of this very run.
            _handsOutGraph = true;
            LastRecapture = "a result has a history that backward can run through: call Backward inside the function, return Detach(), or run it under NoGrad";
            return result;
        }
        string? difference = null;
        foreach (var before in _pending)
        {
            difference = recording.DifferenceFrom(before);
            if (difference is not null) continue;
            _pending.Remove(before);
            if (_replays.Count == MostReplays) _replays.RemoveAt(MostReplays - 1);
            var replay = Finished(recording, result);
            _replays.Insert(0, (replay, result));
            _last = replay;
            Captures = _replays.Count;
            return result;
        }
        LastRecapture = difference ?? LastRecapture;
        if (_pending.Count == MostPending) _pending.RemoveAt(0);
        _pending.Add(recording);
        if (--_patience <= 0) GiveUp($"captured {EagerRuns} times, and each time something had changed; the last change: {LastRecapture}");
        return result;
    }

    private void GiveUp(string reason)
    {
        EagerBecause = reason;
        _pending.Clear();
        Console.Error.WriteLine($"Firesteel: a captured function goes on as ordinary code: {reason}.");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Recording Record(Tensor[] arguments, out TResult result)
    {
        var guards = InputGuard.Of(arguments);
        var recorder = new Recorder(arguments);
        recorder.Watcher.Explore(_function);
        result = recorder.Record(() => _call(arguments));
        var recording = new Recording { Recorder = recorder, Inputs = guards };
        recording.SettleInputs();
        return recording;
    }

    /// <summary>Finds out what memory somebody still has, which is where replays write to, and makes the recording ready to run.</summary>
    private static Replay Finished(Recording recording, TResult result)
    {
        GC.Collect();
        foreach (var slot in recording.Slots)
            if (slot.Kind == SlotKind.Temporary) slot.Keep();
        // What the recorded runs left behind is of no use any more: back to the system, before the arena is asked for.
        GC.WaitForPendingFinalizers();
        Memory.EmptyCache();
        GC.KeepAlive(result);
        int recorded = recording.Items.OfType<RecordedCall>().Count();
        return new Replay(recording, Fusion.Run(recording.Items), TensorsIn(result)) { RecordedCalls = recorded };
    }

    private static IEnumerable<Tensor> TensorsIn(object? result) => result switch
    {
        Tensor tensor => [tensor],
        IEnumerable<Tensor> list => list,
        ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(i => TensorsIn(tuple[i])),
        _ => [],
    };

    private static bool IsTensors(Type type) =>
        typeof(Tensor).IsAssignableFrom(type) || typeof(IEnumerable<Tensor>).IsAssignableFrom(type) || type == typeof(ValueTuple)
        || (typeof(ITuple).IsAssignableFrom(type) && Array.TrueForAll(type.GetGenericArguments(), IsTensors));
}
