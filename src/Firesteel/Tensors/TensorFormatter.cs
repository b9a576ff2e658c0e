using System.Globalization;
using System.Text;

namespace Firesteel;

/// <summary>Prints tensors character for character as PyTorch does.</summary>
internal static class TensorFormatter
{
    private const string Prefix = "tensor(";

    public static string Format(Tensor tensor, PrintOptions options)
    {
        var text = new StringBuilder(Prefix);
        if (tensor.NumElements == 0) text.Append("[]");
        else new Body(tensor.Detach(), options).Write(text, 0, 0, Prefix.Length);
        AppendSuffixes(text, Suffixes(tensor), options.Linewidth);
        return text.ToString();
    }

    private static List<string> Suffixes(Tensor tensor)
    {
        var suffixes = new List<string>();
        if (tensor.Device.Type != "cpu") suffixes.Add($"device='{tensor.Device}'");
        bool empty = tensor.NumElements == 0;
        if (empty && tensor.Ndim != 1) suffixes.Add($"size=({string.Join(", ", tensor.Shape)})");
        // Without elements nothing shows that they are whole numbers or logical values.
        bool evident = tensor.DType == DType.Float32 || (!empty && tensor.DType is DType.Int64 or DType.Bool);
        if (!evident) suffixes.Add($"dtype=torch.{tensor.DType.Name()}");
        if (tensor.GradFn is { } node) suffixes.Add($"grad_fn={node}");
        else if (tensor.RequiresGrad) suffixes.Add("requires_grad=True");
        return suffixes;
    }

    private static void AppendSuffixes(StringBuilder text, List<string> suffixes, int linewidth)
    {
        // PyTorch counts two characters more than the line has; the place where lines break depends on it.
        string written = text.ToString();
        int length = written.Length - written.LastIndexOf('\n') + 1;
        foreach (string suffix in suffixes)
        {
            if (length + suffix.Length + 2 > linewidth)
            {
                text.Append(",\n").Append(' ', Prefix.Length).Append(suffix);
                length = Prefix.Length + suffix.Length;
            }
            else
            {
                text.Append(", ").Append(suffix);
                length += suffix.Length + 2;
            }
        }
        text.Append(')');
    }

    /// <summary>The elements in their brackets. Only those that are shown are read.</summary>
    private sealed class Body
    {
        private readonly PrintOptions _options;
        private readonly bool _summarize;

        /// <summary>How many positions of each dimension are shown.</summary>
        private readonly int[] _shown;
        private readonly bool[] _elided;
        private readonly string[] _elements;
        private readonly int _width;

        public Body(Tensor tensor, PrintOptions options)
        {
            _options = options;
            _summarize = tensor.NumElements > options.Threshold;
            _elided = [.. tensor.Shape.Select(size => _summarize && size > 2L * options.Edgeitems)];
            _shown = [.. tensor.Shape.Select((size, d) => _elided[d] ? 2 * options.Edgeitems : checked((int)size))];
            _elements = ElementFormatter.Format(tensor.DType, Read<long>, Read<double>, options, out _width);

            T[] Read<T>()
                where T : unmanaged
            {
                if (!_summarize) return tensor.ToArray<T>();
                var values = new List<T>();
                Collect(tensor, 0, values);
                return [.. values];
            }
        }

        private void Collect<T>(Tensor part, int dim, List<T> values)
            where T : unmanaged
        {
            if (dim == _shown.Length - 1)
            {
                if (!_elided[dim]) values.AddRange(part.ToArray<T>());
                else
                {
                    values.AddRange(part.Slice(0, 0, _options.Edgeitems).ToArray<T>());
                    values.AddRange(part.Slice(0, part.Shape[0] - _options.Edgeitems).ToArray<T>());
                }
                return;
            }
            long skipped = part.Shape[0] - _shown[dim];
            for (int i = 0; i < _shown[dim]; i++)
                Collect(part.Select(0, _elided[dim] && i >= _options.Edgeitems ? i + skipped : i), dim + 1, values);
        }

        /// <summary>Writes the elements from <paramref name="first"/> on that belong to a position of the dimensions before <paramref name="dim"/>; returns the first after them.</summary>
        public int Write(StringBuilder text, int dim, int first, int indent)
        {
            if (dim == _shown.Length)
            {
                text.Append(_elements[first]);
                return first + 1;
            }
            if (dim == _shown.Length - 1)
            {
                WriteVector(text, _elements.AsSpan(first, _shown[dim]), _elided[dim], indent);
                return first + _shown[dim];
            }
            text.Append('[');
            for (int i = 0; i < _shown[dim]; i++)
            {
                if (i > 0) Separate();
                if (_elided[dim] && i == _options.Edgeitems)
                {
                    text.Append("...");
                    Separate();
                }
                first = Write(text, dim + 1, first, indent + 1);
            }
            if (_elided[dim] && _options.Edgeitems == 0) text.Append("...");
            text.Append(']');
            return first;

            void Separate() => text.Append(',').Append('\n', _shown.Length - dim - 1).Append(' ', indent + 1);
        }

        private void WriteVector(StringBuilder text, ReadOnlySpan<string> elements, bool elided, int indent)
        {
            int perLine = Math.Max(1, (int)Math.Floor((double)(_options.Linewidth - indent) / (_width + 2)));
            int count = elements.Length + (elided ? 1 : 0), gap = elided ? _options.Edgeitems : -1;
            text.Append('[');
            for (int i = 0; i < count; i++)
            {
                if (i > 0 && i % perLine == 0) text.Append(",\n").Append(' ', indent + 1);
                else if (i > 0) text.Append(", ");
                text.Append(i == gap ? " ..." : elements[elided && i > gap ? i - 1 : i]);
            }
            text.Append(']');
        }
    }

    /// <summary>The text of single elements, all of one width (but for NaN and infinities, which may stick out as they do in PyTorch).</summary>
    private static class ElementFormatter
    {
        public static string[] Format(DType dtype, Func<long[]> integers, Func<double[]> numbers, PrintOptions options, out int width)
        {
            if (dtype.IsFloatingPoint()) return Numbers(numbers(), options, out width);
            var texts = Array.ConvertAll(integers(), value => dtype != DType.Bool ? value.ToString(CultureInfo.InvariantCulture) : value != 0 ? "True" : "False");
            int widest = 1;
            foreach (string text in texts) widest = Math.Max(widest, text.Length);
            width = widest;
            return Array.ConvertAll(texts, text => text.PadLeft(widest));
        }

        private static string[] Numbers(double[] values, PrintOptions options, out int width)
        {
            double smallest = double.PositiveInfinity, largest = 0;
            bool whole = true;
            foreach (double value in values)
            {
                if (value == 0 || !double.IsFinite(value)) continue;
                smallest = Math.Min(smallest, Math.Abs(value));
                largest = Math.Max(largest, Math.Abs(value));
                whole &= value == Math.Ceiling(value);
            }
            bool scientific = largest > 0 && (largest / smallest > 1000 || largest > 1e8 || (!whole && smallest < 1e-4));

            // The width is that of the notation which the range asks for, even where the options force another.
            int widest = 1;
            foreach (double value in values)
            {
                if (value == 0 || !double.IsFinite(value)) continue;
                string text = scientific ? PythonFloat.Scientific(value, options.Precision)
                    : whole ? PythonFloat.Fixed(value, 0) + "."
                    : PythonFloat.Fixed(value, options.Precision);
                widest = Math.Max(widest, text.Length);
            }
            // PyTorch decides so only where there is a number to measure.
            if (largest > 0 && options.SciMode is { } forced) scientific = forced;
            width = widest;
            return Array.ConvertAll(values, value => Text(value).PadLeft(widest));

            string Text(double value)
            {
                if (scientific) return PythonFloat.Scientific(value, options.Precision);
                if (!whole) return PythonFloat.Fixed(value, options.Precision);
                return double.IsFinite(value) ? PythonFloat.Fixed(value, 0) + "." : PythonFloat.Fixed(value, 0);
            }
        }
    }
}
