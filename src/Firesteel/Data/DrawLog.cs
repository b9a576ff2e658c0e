namespace Firesteel.Data;

/// <summary>
/// What has to be known to repeat the first steps of a pass of a data loader: where the generators stood at its start, and before every step that drew from
/// one that somebody else had drawn from since the step before. Samplers usually draw once, at the start, and then nothing else is kept.
/// </summary>
internal sealed class DrawLog
{
    private readonly IReadOnlyList<Generator> _generators;
    private readonly (Mt19937, long, double?)[] _after;
    private readonly List<Note> _notes;
    private byte[][]? _interrupted;
    private int _replayed;

    /// <summary>A new pass begins.</summary>
    public DrawLog(IReadOnlyList<Generator> generators)
    {
        _generators = generators;
        _notes = [];
        Start = States();
        _after = [.. generators.Select(static g => g.Mark())];
    }

    /// <summary>A pass begins that repeats another, until <see cref="EndReplay"/> puts the generators back to where they are now.</summary>
    public DrawLog(IReadOnlyList<Generator> generators, IReadOnlyList<byte[]> start, IEnumerable<Note> notes)
    {
        _generators = generators;
        _notes = [.. notes];
        _interrupted = States();
        Start = start;
        for (int i = 0; i < start.Count; i++) generators[i].SetState(start[i]);
        _after = [.. generators.Select(static g => g.Mark())];
    }

    /// <summary>Where a generator stood before a step.</summary>
    public readonly record struct Note(long Step, int Generator, byte[] State);

    /// <summary>Where the generators stood at the start.</summary>
    public IReadOnlyList<byte[]> Start { get; }

    public IReadOnlyList<Note> Notes => _notes;

    /// <summary>The number of steps so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Takes a step of the pass.</summary>
    public bool Step(Func<bool> step)
    {
        if (_interrupted is not null)
        {
            for (; _replayed < _notes.Count && _notes[_replayed].Step == Steps; _replayed++) _generators[_notes[_replayed].Generator].SetState(_notes[_replayed].State);
            Steps++;
            return step();
        }
        var before = _generators.Select((g, i) => (Mark: g.Mark(), State: g.Mark() == _after[i] ? null : g.Clone())).ToArray();
        bool result = step();
        for (int i = 0; i < before.Length; i++)
        {
            var after = _generators[i].Mark();
            if (after == before[i].Mark) continue;
            if (before[i].State is { } state) _notes.Add(new(Steps, i, state.GetState()));
            _after[i] = after;
        }
        Steps++;
        return result;
    }

    /// <summary>The other pass is repeated; what follows is new.</summary>
    public void EndReplay()
    {
        if (_interrupted is not { } states) return;
        _interrupted = null;
        for (int i = 0; i < states.Length; i++) _generators[i].SetState(states[i]);
    }

    private byte[][] States() => [.. _generators.Select(static g => g.GetState())];
}
