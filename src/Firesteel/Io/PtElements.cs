using System.Globalization;

namespace Firesteel.Io;

/// <summary>
/// Which elements of which storages are saved: of each storage the part that the saved tensors reach, once. PyTorch saves all of a storage, also when a small
/// view of it is saved; what is loaded is the same.
/// </summary>
internal sealed class PtElements
{
    private sealed class Part(int number)
    {
        public int Number => number;

        public long First { get; set; } = long.MaxValue;

        public long Last { get; set; } = -1;

        public long Count => Last < 0 ? 0 : Last - First + 1;
    }

    // A storage that is seen as several types (the memory of a file) is a storage of each: PyTorch gives a storage one type.
    private readonly OrderedDictionary<(Storage Storage, DType DType), Part> _parts = [];

    /// <summary>Notes that a tensor is to be saved.</summary>
    public void Add(in View view)
    {
        if (!_parts.TryGetValue((view.Storage, view.DType), out var part)) _parts[(view.Storage, view.DType)] = part = new Part(_parts.Count);
        var (first, last) = view.Extent();
        if (last < first) return;
        part.First = Math.Min(part.First, first);
        part.Last = Math.Max(part.Last, last);
    }

    /// <summary>Where a tensor lies in what is saved: the key of the storage, its number of elements, and the offset in it.</summary>
    public (string Key, long Count, long Offset) Locate(in View view)
    {
        var part = _parts[(view.Storage, view.DType)];
        return (Key(part), part.Count, view.Shape.NumElements == 0 ? 0 : view.Offset - part.First);
    }

    /// <summary>The keys of all storages, and their elements.</summary>
    public IEnumerable<(string Key, Tensor Elements)> All() =>
        _parts.Select(static p => (Key(p.Value), new Tensor(new View(p.Key.Storage, p.Value.Count == 0 ? 0 : p.Value.First, Shape.Create([p.Value.Count]), p.Key.DType))));

    private static string Key(Part part) => part.Number.ToString(CultureInfo.InvariantCulture);
}
