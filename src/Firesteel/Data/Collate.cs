using System.Collections;
using System.Runtime.CompilerServices;

namespace Firesteel.Data;

/// <summary>
/// Makes a batch of samples (<c>torch.utils.data.default_collate</c>): tensors are stacked, numbers become a tensor, tuples, rows and
/// dictionaries are done piece by piece. Pass <c>Collate.Default</c> to <c>DataLoader.Create</c>; the kind of sample picks the method.
/// </summary>
public static class Collate
{
    /// <summary>Tensors of one shape, stacked along a new first dimension.</summary>
    /// <exception cref="ArgumentException">There is none, or their shapes or dtypes differ.</exception>
    public static Tensor Default(IReadOnlyList<Tensor> samples)
    {
        CheckAny(samples);
        var first = samples[0];
        for (int i = 1; i < samples.Count; i++)
            if (samples[i].Shape != first.Shape)
                throw new ArgumentException($"Collate: stack expects each tensor to be equal size, but got {OperationError.Text(first.Shape)} at entry 0 and {OperationError.Text(samples[i].Shape)} at entry {i}. Give a collateFn that pads them, or put them in batches of their own.");
        var dtype = first.DType;
        foreach (var sample in samples) dtype = DTypes.Promote(dtype, sample.DType);
        return Tensor.Stack(samples.All(sample => sample.DType == dtype) ? samples : [.. samples.Select(sample => sample.To(dtype))]);
    }

    /// <summary>Rows of tensors, each column stacked.</summary>
    /// <exception cref="ArgumentException">The rows differ in length, or a column in shape.</exception>
    public static Tensor[] Default(IReadOnlyList<Tensor[]> samples)
    {
        CheckAny(samples);
        foreach (var row in samples)
            if (row.Length != samples[0].Length) throw new ArgumentException($"Collate: each element in list of batch should be of equal size, but there are {samples[0].Length} and {row.Length}.");
        var columns = new Tensor[samples[0].Length];
        for (int c = 0; c < columns.Length; c++) columns[c] = Default(Column(samples, row => row[c]));
        return columns;
    }

    /// <summary>Pairs of tensors, each side stacked.</summary>
    public static (Tensor, Tensor) Default(IReadOnlyList<(Tensor, Tensor)> samples) => (Default(Column(samples, static s => s.Item1)), Default(Column(samples, static s => s.Item2)));

    /// <summary>Tensors with an integer, such as a label, each.</summary>
    public static (Tensor, Tensor) Default(IReadOnlyList<(Tensor, long)> samples) => (Default(Column(samples, static s => s.Item1)), Default(Column(samples, static s => s.Item2)));

    /// <summary>Tensors with an integer, such as a label, each.</summary>
    public static (Tensor, Tensor) Default(IReadOnlyList<(Tensor, int)> samples) => (Default(Column(samples, static s => s.Item1)), Default(Column(samples, static s => s.Item2)));

    /// <summary>Tensors with a number each.</summary>
    public static (Tensor, Tensor) Default(IReadOnlyList<(Tensor, double)> samples) => (Default(Column(samples, static s => s.Item1)), Default(Column(samples, static s => s.Item2)));

    /// <summary>Tensors by name, those of one name stacked.</summary>
    /// <exception cref="ArgumentException">A sample lacks a name that the first has.</exception>
    public static Dictionary<string, Tensor> Default(IReadOnlyList<Dictionary<string, Tensor>> samples)
    {
        CheckAny(samples);
        var batch = new Dictionary<string, Tensor>();
        foreach (string name in samples[0].Keys)
            batch[name] = Default(Column(samples, s => s.TryGetValue(name, out var tensor) ? tensor : throw new ArgumentException($"Collate: a sample has no '{name}'.")));
        return batch;
    }

    /// <summary>Integers, as an int64 tensor.</summary>
    public static Tensor Default(IReadOnlyList<long> samples) => Tensor.From([.. samples]);

    /// <summary>Integers, as an int64 tensor.</summary>
    public static Tensor Default(IReadOnlyList<int> samples) => Tensor.From([.. samples.Select(static i => (long)i)]);

    /// <summary>Numbers, as a float64 tensor.</summary>
    public static Tensor Default(IReadOnlyList<double> samples) => Tensor.From([.. samples]);

    /// <summary>Numbers, as a float32 tensor.</summary>
    public static Tensor Default(IReadOnlyList<float> samples) => Tensor.From([.. samples]);

    /// <summary>Logical values, as a bool tensor.</summary>
    public static Tensor Default(IReadOnlyList<bool> samples) => Tensor.From([.. samples]);

    /// <summary>Texts, as they are.</summary>
    public static string[] Default(IReadOnlyList<string> samples) => [.. samples];

    /// <summary>
    /// Samples of any kind, nested in any way: tensors, numbers, texts, tuples and lists (an array of batches), dictionaries with text keys (a
    /// dictionary of batches).
    /// </summary>
    /// <exception cref="ArgumentException">The samples are of unlike kinds, or of one that cannot be put together.</exception>
    public static object Default(IReadOnlyList<object> samples)
    {
        CheckAny(samples);
        return samples[0] switch
        {
            Tensor => Default(As<Tensor>(samples)),
            double => Default(As<double>(samples)),
            float => Default(As<float>(samples)),
            long => Default(As<long>(samples)),
            int => Default(As<int>(samples)),
            bool => Default(As<bool>(samples)),
            string => Default(As<string>(samples)),
            ITuple => Pieces([.. As<ITuple>(samples).Select(static tuple => Enumerable.Range(0, tuple.Length).Select(i => tuple[i]!).ToArray())]),
            IDictionary => Named(As<IDictionary>(samples)),
            IEnumerable => Pieces([.. As<IEnumerable>(samples).Select(static list => list.Cast<object>().ToArray())]),
            var other => throw new ArgumentException($"Collate: batch must contain tensors, numbers, texts, tuples, lists or dictionaries; found {other.GetType().Name}. Give a collateFn."),
        };
    }

    private static object[] Pieces(object[][] rows)
    {
        if (rows.FirstOrDefault(row => row.Length != rows[0].Length) is { } other)
            throw new ArgumentException($"Collate: each element in list of batch should be of equal size, but there are {rows[0].Length} and {other.Length}.");
        return [.. rows[0].Select((_, c) => Default(Column<object[], object>(rows, row => row[c])))];
    }

    private static Dictionary<string, object> Named(IReadOnlyList<IDictionary> samples)
    {
        var batch = new Dictionary<string, object>();
        foreach (object key in samples[0].Keys)
            batch[key as string ?? throw new ArgumentException("Collate: the keys of dictionaries have to be texts.")] =
                Default(Column(samples, s => s[key] ?? throw new ArgumentException($"Collate: a sample has no '{key}'.")));
        return batch;
    }

    private static T[] As<T>(IReadOnlyList<object> samples) =>
        [.. samples.Select(static sample => sample is T same ? same : throw new ArgumentException($"Collate: samples of unlike kinds: {typeof(T).Name} and {sample?.GetType().Name ?? "null"}."))];

    private static TPart[] Column<T, TPart>(IReadOnlyList<T> rows, Func<T, TPart> part)
    {
        CheckAny(rows);
        var column = new TPart[rows.Count];
        for (int i = 0; i < column.Length; i++) column[i] = part(rows[i]);
        return column;
    }

    private static void CheckAny<T>(IReadOnlyList<T> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Count == 0) throw new ArgumentException("Collate: there are no samples to put together.");
    }
}
