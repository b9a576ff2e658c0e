namespace Firesteel;

/// <summary>Exceptions of operations: every message starts with the operation and ends with the module in which it ran.</summary>
internal static class OperationError
{
    /// <summary>Shapes, sizes or numbers that do not fit.</summary>
    public static ArgumentException Argument(string operation, string message) => new($"{operation}: {message}{ModuleScope.Describe()}");

    /// <summary>A dtype or device that the operation does not take.</summary>
    public static NotSupportedException NotSupported(string operation, string message) => new($"{operation}: {message}{ModuleScope.Describe()}");

    /// <summary>An operation that the tensor's state forbids.</summary>
    public static InvalidOperationException Invalid(string operation, string message) => new($"{operation}: {message}{ModuleScope.Describe()}");

    /// <summary>An index outside a dimension.</summary>
    public static IndexOutOfRangeException Index(string operation, string message) => new($"{operation}: {message}{ModuleScope.Describe()}");

    /// <summary>A shape as it stands in messages: <c>[64, 784]</c>.</summary>
    public static string Text(ReadOnlySpan<long> shape) => $"[{string.Join(", ", shape.ToArray())}]";

    /// <summary>Counts a negative dimension from the end and refuses one out of range. A 0-d tensor has dimensions 0 and -1 here, as in PyTorch.</summary>
    public static int Dim(string operation, long dim, int rank)
    {
        int count = Math.Max(rank, 1);
        if (dim < -count || dim >= count)
            throw Index(operation, $"dimension out of range (expected to be in range of [{-count}, {count - 1}], but got {dim})");
        return (int)(dim < 0 ? dim + count : dim);
    }

    /// <summary>Dimensions as <see cref="Dim"/>, without repetition.</summary>
    public static int[] Dims(string operation, ReadOnlySpan<long> dims, int rank)
    {
        var result = new int[dims.Length];
        for (int i = 0; i < dims.Length; i++)
        {
            result[i] = Dim(operation, dims[i], rank);
            if (Array.IndexOf(result, result[i], 0, i) >= 0) throw Argument(operation, $"dim {result[i]} appears multiple times in the list of dims {Text(dims)}");
        }
        return result;
    }
}
