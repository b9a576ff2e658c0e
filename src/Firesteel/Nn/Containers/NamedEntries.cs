using System.Globalization;

namespace Firesteel.Nn;

/// <summary>What the containers keep: values with unique names, in order.</summary>
internal sealed class NamedEntries<T>
    where T : class
{
    public List<(string Name, T Value)> Pairs { get; } = [];

    public int Count => Pairs.Count;

    public IEnumerable<T> Values => Pairs.Select(static p => p.Value);

    public T this[int index]
    {
        get => Pairs[Place(index)].Value;
        set
        {
            int place = Place(index);
            Pairs[place] = (Pairs[place].Name, value ?? throw new ArgumentNullException(nameof(value)));
        }
    }

    public string NameAt(int index) => Pairs[Place(index)].Name;

    public int PlaceOf(string name) => Pairs.FindIndex(p => p.Name == name);

    /// <summary>The place as a name, or the next number that is not taken.</summary>
    public string FreeNumber()
    {
        for (int number = Count; ; number++)
        {
            string name = number.ToString(CultureInfo.InvariantCulture);
            if (PlaceOf(name) < 0) return name;
        }
    }

    public void Add(string name, T value)
    {
        ArgumentNullException.ThrowIfNull(value);
        CheckName(name);
        if (PlaceOf(name) >= 0) throw new ArgumentException($"attribute '{name}' already exists.");
        Pairs.Add((name, value));
    }

    /// <summary>Adds or replaces.</summary>
    public void Set(string name, T value)
    {
        ArgumentNullException.ThrowIfNull(value);
        CheckName(name);
        int at = PlaceOf(name);
        if (at < 0) Pairs.Add((name, value));
        else Pairs[at] = (name, value);
    }

    public T Get(string name) => PlaceOf(name) is >= 0 and var at
        ? Pairs[at].Value
        : throw new KeyNotFoundException($"No entry '{name}'; there are {string.Join(", ", Pairs.Select(static p => $"'{p.Name}'"))}.");

    /// <summary>Gives the values their places as names, after an insertion or removal.</summary>
    public void Renumber()
    {
        for (int i = 0; i < Pairs.Count; i++) Pairs[i] = (i.ToString(CultureInfo.InvariantCulture), Pairs[i].Value);
    }

    private static void CheckName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0) throw new ArgumentException("module name can't be empty string \"\"");
        if (name.Contains('.')) throw new ArgumentException($"module name can't contain \".\", got: {name}");
    }

    private int Place(int index)
    {
        if (index < -Count || index >= Count) throw new IndexOutOfRangeException($"index {index} is out of range for a container of {Count}");
        return index < 0 ? index + Count : index;
    }
}
