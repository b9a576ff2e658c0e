namespace Firesteel;

/// <summary>A backward through a captured function, recorded: for some of its results having gradients.</summary>
internal sealed class CapturedBackward
{
    private readonly Recording _recording;
    private readonly Way[] _ways;
    private readonly Slot[] _fresh;

    /// <summary>How a gradient leaves: on memory that is made for it, or as a part of a gradient that came in.</summary>
    private readonly record struct Way(int Fresh, int Input, View View, bool Sole)
    {
        public static Way None => new(-1, -1, default, false);
    }

    public CapturedBackward(Recording recording, bool[] given, bool alone, Tensor?[] found, Dictionary<Storage, int> memory, Recorder forward)
    {
        (_recording, Given, Alone) = (recording, given, alone);
        var fresh = new List<Slot>();
        var uses = new Dictionary<Slot, int>(ReferenceEqualityComparer.Instance);
        foreach (var gradient in found)
            if (gradient is not null && recording.Recorder.Find(gradient.Layout.Storage) is { } slot) uses[slot] = uses.GetValueOrDefault(slot) + 1;
        _ways = Array.ConvertAll(found, gradient =>
        {
            if (gradient is null) return Way.None;
            var slot = recording.Recorder.Find(gradient.Layout.Storage)!;
            if (slot.Kind == SlotKind.Input) return new Way(-1, slot.Input, gradient.Layout, false);
            int index = fresh.IndexOf(slot);
            if (index < 0)
            {
                index = fresh.Count;
                fresh.Add(slot);
            }
            return new Way(index, -1, gradient.Layout, uses[slot] == 1);
        });
        // In the order in which replays make them.
        Slot[] order = [.. recording.Slots.Where(fresh.Contains)];
        for (int i = 0; i < _ways.Length; i++)
            if (_ways[i].Fresh >= 0) _ways[i] = _ways[i] with { Fresh = Array.IndexOf(order, fresh[_ways[i].Fresh]) };
        _fresh = order;
        var reads = new HashSet<int>();
        var arguments = new HashSet<int>();
        int count = given.Count(static g => g);
        foreach (var item in recording.Items)
        {
            if (item is not RecordedCall call) continue;
            foreach (ref readonly var input in call.Inputs.AsSpan())
            {
                if (input.IsScalar) continue;
                var slot = RecordedCall.SlotOf(input.View);
                if (slot.Kind == SlotKind.External && memory.TryGetValue(slot.Held!, out int i)) reads.Add(i);
                if (slot.Kind == SlotKind.Input && slot.Input >= count) arguments.Add(slot.Input - count);
            }
        }
        (Reads, ReadArguments) = ([.. reads], [.. arguments]);
    }

    /// <summary>Which results of the function had a gradient.</summary>
    public bool[] Given { get; }

    /// <summary>True if gradients for one target are added up inside.</summary>
    public bool Alone { get; }

    /// <summary>What of the memory of the forward it reads.</summary>
    public int[] Reads { get; }

    /// <summary>Which arguments of the forward it reads.</summary>
    public int[] ReadArguments { get; }

    /// <summary>Null until it was captured.</summary>
    public Replay? Replay { get; private set; }

    /// <summary>True if another recorded backward did the same.</summary>
    public bool IsLike(CapturedBackward other)
    {
        if (_recording.DifferenceFrom(other._recording) is not null || _ways.Length != other._ways.Length) return false;
        for (int i = 0; i < _ways.Length; i++)
        {
            Way a = _ways[i], b = other._ways[i];
            if (a.Fresh != b.Fresh || a.Input != b.Input || a.Sole != b.Sole) return false;
            if ((a.Fresh >= 0 || a.Input >= 0) && (!a.View.Shape.Equals(b.View.Shape) || !a.View.Strides.AsSpan().SequenceEqual(b.View.Strides) || (a.Fresh >= 0 && a.View.Offset != b.View.Offset))) return false;
        }
        return true;
    }

    /// <summary>Makes it ready to run.</summary>
    public void Capture()
    {
        foreach (var slot in _fresh) slot.MakeFresh();
        Replay = Replay.OfOwn(_recording, $"backward, for gradients of results {string.Join(", ", Enumerable.Range(0, Given.Length).Where(i => Given[i]))}");
    }

    /// <summary>Runs it: gradients that came in, then arguments of the forward.</summary>
    public Tensor?[] Run(Tensor[] inputs)
    {
        var replay = Replay!;
        replay.Run(inputs);
        var found = new Tensor?[_ways.Length];
        for (int i = 0; i < found.Length; i++)
        {
            var way = _ways[i];
            if (way.Fresh >= 0)
            {
                var tensor = new Tensor(new View(replay.Fresh[way.Fresh], way.View.Offset, way.View.Geometry));
                found[i] = way.Sole ? tensor : tensor.Detach(); // which says that others look there too
            }
            else if (way.Input >= 0)
            {
                var gradient = inputs[way.Input];
                var recorded = _recording.Inputs[way.Input].Layout;
                if (way.View.Offset == recorded.Offset && ReferenceEquals(way.View.Geometry, recorded.Geometry)) found[i] = gradient;
                else
                {
                    found[i] = gradient.Detach();
                    found[i]!.Layout = new View(gradient.Layout.Storage, way.View.Offset - recorded.Offset + gradient.Layout.Offset, way.View.Geometry);
                }
            }
        }
        replay.ForgetFresh();
        return found;
    }
}
