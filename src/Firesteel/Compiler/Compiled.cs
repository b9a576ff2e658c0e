using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// A function that is captured while it runs and replayed from then on. The first calls run as always and are compared; when two did the same,
/// the third is a replay. C# code in the function runs only while it is captured; what it read (shapes, variables of the closure, settings of
/// modules and optimizers, train and eval) is checked before each replay, and a change captures anew.
/// </summary>
/// <remarks>
/// The tensors that a replay returns, and the gradients that it sets, are the same objects every time: the next <see cref="Run"/> writes new values
/// into them. Read what you need (<c>loss.Item()</c>), or <c>Clone()</c> what you want to keep. If a result has a history, for the caller to run
/// backward through, the function is one node of the caller's graph, and its backward is captured too; a run whose backward is still to come keeps
/// its memory, and the next runs in its own.
/// </remarks>
/// <typeparam name="TResult">A tensor, or an array, list or tuple of tensors.</typeparam>
public sealed class Compiled<TResult> : Compiled
{
    private const int MostCaptured = 32, AlwaysCaptured = 8, MostPending = 16, MostWaiting = 4, Patience = 16, MostKinds = 64;

    /// <summary>More results and gradients than these bytes are kept for <see cref="AlwaysCaptured"/> combinations only.</summary>
    private const long MostKept = 256 << 20;

    private readonly Delegate _function;
    private readonly int _arity;
    private readonly Func<Tensor[], TResult> _call;

    /// <summary>The latest first.</summary>
    private readonly List<Captured> _captured = [];
    private readonly List<Recording> _pending = [];
    private int _running;
    private int _patience = Patience;
    private int _kinds;

    private sealed record Captured(Replay Replay, TResult Result, CapturedGraph? Graph)
    {
        public bool IsFree(ReadOnlySpan<Tensor> inputs)
        {
            if (Graph is null) return true;
            if (!Graph.IsIdle) return false;
            // Backward will want the arguments as they are.
            foreach (var input in inputs)
                if (Replay.Writes(input.Layout.Storage)) return false;
            return true;
        }
    }

    internal Compiled(Delegate function, int arity, Func<Tensor[], TResult> call)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (!ResultTree.IsTensors(typeof(TResult))) throw new ArgumentException($"Compile: the function returns {typeof(TResult).Name}; a captured function returns a tensor, or an array, list or tuple of tensors, because other values would stay what they were when it was captured.");
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
            int waiting = 0;
            for (int i = 0; i < _captured.Count; i++)
            {
                var captured = _captured[i];
                if (!captured.Replay.Fits(inputs)) continue;
                if (captured.IsFree(inputs)) return Replayed(i, inputs);
                waiting++;
            }
            return Eagerly(inputs, waiting);
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    private protected override IReadOnlyList<Replay> All() => [.. _captured.SelectMany(static c => c.Graph is null ? [c.Replay] : c.Graph.Backwards.Prepend(c.Replay))];

    private TResult Replayed(int index, ReadOnlySpan<Tensor> inputs)
    {
        var found = _captured[index];
        if (index > 0)
        {
            _captured.RemoveAt(index);
            _captured.Insert(0, found);
        }
        found.Replay.Run(inputs);
        Replays++;
        if (_patience < Patience) _patience++;
        return found.Graph is { } graph ? graph.HandOut(found.Result, inputs) : found.Result;
    }

    private TResult Eagerly(ReadOnlySpan<Tensor> inputs, int waiting)
    {
        EagerRuns++;
        var arguments = inputs.ToArray();
        if (EagerBecause is not null || Anomaly.Enabled || (PlainWithHistoryBecause is not null && GradMode.Enabled)) return _call(arguments);
        if (waiting == 0 && _captured.Count > 0) LastRecapture = _captured[0].Replay.Misfit(inputs) ?? LastRecapture;
        if (waiting > 0)
        {
            string reason = $"{waiting} runs still wait for their backward, whose memory is theirs until then";
            if (LastRecapture != reason && waiting >= MostWaiting) Console.Error.WriteLine($"Firesteel: a captured function runs as ordinary code now and then: {reason}. Use Autograd.NoGrad() where backward is not wanted.");
            LastRecapture = reason;
            if (waiting >= MostWaiting) return _call(arguments);
        }

        // A function that was seen to hand out a graph is run on stand-ins for its arguments, so that its graph can be used again.
        StandIns? standIns = null;
        foreach (var before in _pending)
        {
            if (!before.HasHistory || !before.Fits(inputs)) continue;
            standIns = new StandIns(arguments, before);
            break;
        }
        try
        {
            var recording = Record(arguments, standIns?.Tensors ?? arguments, out var result);
            (GraphPart, CapturedGraph.Exit[], string? Refusal) examined = default;
            if (recording.HasHistory)
            {
                examined = CapturedGraph.Examine(recording, typeof(TResult), result, standIns?.Tensors ?? arguments);
                if (examined.Refusal is { } refusal)
                {
                    bool said = PlainWithHistoryBecause is not null;
                    PlainWithHistoryBecause = LastRecapture = refusal;
                    if (!said) Console.Error.WriteLine($"Firesteel: a captured function runs as ordinary code where its result has a history: {refusal}.");
                    return result;
                }
            }
            string? difference = null;
            foreach (var before in _pending)
            {
                difference = recording.DifferenceFrom(before);
                if (difference is not null || (recording.HasHistory && standIns is null)) continue;
                _pending.Remove(before);
                // One runs at a time, so all may have the same place for temporaries.
                var replay = Replay.Of(recording, ResultTree.TensorsIn(result), _captured.Select(static c => c.Replay.ArenaStorage));
                GC.KeepAlive(result);
                var graph = recording.HasHistory ? CapturedGraph.Of(recording, standIns!, result, examined) : null;
                _captured.Insert(0, new Captured(replay, result, graph));
                while (_captured.Count > MostCaptured || (_captured.Count > AlwaysCaptured && _captured.Sum(static c => c.Replay.KeptBytes) > MostKept)) _captured.RemoveAt(_captured.Count - 1);
                Captures = _captured.Count;
                standIns?.TakeBack();
                return graph is null ? result : graph.HandOut(result, arguments);
            }
            // Arguments of a new kind are no sign that the function does something else every time; but there must be an end.
            bool known = _pending.Exists(before => before.IsForLike(recording)) || _captured.Exists(c => c.Replay.Recording.IsForLike(recording));
            LastRecapture = difference ?? LastRecapture;
            if (_pending.Count == MostPending) _pending.RemoveAt(0);
            recording.Recorder.ForgetGradients();
            _pending.Add(recording);
            if (!known && ++_kinds > MostKinds) GiveUp($"it was called with more than {MostKinds} kinds of arguments; the last: {LastRecapture}");
            else if (known && --_patience <= 0) GiveUp($"captured {EagerRuns} times, and each time something had changed; the last change: {LastRecapture}");
            return result;
        }
        finally
        {
            standIns?.ReportWrites();
        }
    }

    private void GiveUp(string reason)
    {
        EagerBecause = reason;
        _pending.Clear();
        Console.Error.WriteLine($"Firesteel: a captured function goes on as ordinary code: {reason}.");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Recording Record(Tensor[] arguments, Tensor[] standIns, out TResult result)
    {
        var guards = InputGuard.Of(arguments, standIns);
        var recorder = new Recorder(standIns);
        recorder.Watcher.Explore(_function);
        result = recorder.Record(() => _call(standIns));
        var recording = new Recording { Recorder = recorder, Inputs = guards };
        recording.SettleInputs();
        // An argument that is handed back is a leaf of this run only.
        recording.HasHistory = recorder.Rewritten.Any(CapturedGraph.HasHistory)
            || ResultTree.TensorsIn(result).Any(tensor => CapturedGraph.HasHistory(tensor) || (tensor.RequiresGrad && recorder.Find(tensor.Layout.Storage) is { Kind: SlotKind.Input }));
        return recording;
    }
}
