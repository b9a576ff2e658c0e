namespace Firesteel;

public partial class Tensor
{
    private const int FirstEllipsisLabel = 52;

    /// <summary>
    /// Sums of products by Einstein's convention, such as <c>"bij,bjk->bik"</c> (<c>torch.einsum</c>). Letters name dimensions, a letter
    /// used twice in one operand takes the diagonal, letters that are not in the output are summed over, and <c>...</c> stands for
    /// dimensions that broadcast. Operands are contracted from left to right, each pair by a matrix product.
    /// </summary>
    /// <exception cref="ArgumentException">The equation does not fit the operands.</exception>
    public static Tensor Einsum(string equation, params IReadOnlyList<Tensor> operands)
    {
        ArgumentNullException.ThrowIfNull(equation);
        if (operands.Count == 0) throw OperationError.Argument("einsum", "must provide at least one operand");
        string text = equation.Replace(" ", "", StringComparison.Ordinal);
        int arrow = text.IndexOf("->", StringComparison.Ordinal);
        string[] inputs = (arrow < 0 ? text : text[..arrow]).Split(',');
        if (inputs.Length != operands.Count)
            throw OperationError.Argument("einsum", $"the equation '{equation}' names {inputs.Length} operands, but {operands.Count} were provided");

        int ellipsisRank = 0;
        var ellipses = new int[operands.Count];
        for (int i = 0; i < inputs.Length; i++)
        {
            ellipses[i] = EllipsisRank(equation, inputs[i], operands[i].Shape, i);
            ellipsisRank = Math.Max(ellipsisRank, ellipses[i]);
        }
        var terms = new (Tensor Tensor, List<int> Labels)[operands.Count];
        var counts = new Dictionary<int, int>();
        var sizes = new Dictionary<int, long>();
        for (int i = 0; i < terms.Length; i++)
        {
            if (operands[i].DType != operands[0].DType) operands[0].CheckSameDType("einsum", operands[i]);
            var labels = Labels(equation, inputs[i], ellipsisRank, ellipses[i]);
            foreach (int label in labels) counts[label] = counts.GetValueOrDefault(label) + 1;
            terms[i] = Diagonals(equation, operands[i], labels, i);
            for (int d = 0; d < terms[i].Labels.Count; d++)
            {
                int label = terms[i].Labels[d];
                long size = terms[i].Tensor.Shape.Sizes[d];
                if (sizes.TryGetValue(label, out long known) && known != size && known != 1 && size != 1)
                    throw OperationError.Argument("einsum", $"operand {i} {OperationError.Text(operands[i].Shape)} has size {size} for subscript '{LabelText(label)}' of '{equation}', which has size {known} before and does not broadcast");
                if (!sizes.TryGetValue(label, out known) || known == 1) sizes[label] = size;
            }
        }
        var output = arrow < 0 ? ImplicitOutput(counts) : OutputLabels(equation, text[(arrow + 2)..], ellipsisRank, sizes);

        var result = terms[0];
        for (int i = 1; i < terms.Length; i++)
        {
            var needed = new HashSet<int>(output);
            for (int later = i + 1; later < terms.Length; later++) needed.UnionWith(terms[later].Labels);
            result = Contract(result, terms[i], needed);
        }
        result = SumOver(result, label => !output.Contains(label));
        return result.Tensor.Permute([.. output.Select(label => (long)result.Labels.IndexOf(label))]);
    }

    private static string LabelText(int label) => label >= FirstEllipsisLabel ? "..." : ((char)(label < 26 ? 'a' + label : 'A' + label - 26)).ToString();

    private static int EllipsisRank(string equation, string subscripts, Shape shape, int operand)
    {
        int at = subscripts.IndexOf("...", StringComparison.Ordinal);
        int letters = subscripts.Length - (at < 0 ? 0 : 3);
        if (letters > shape.Length || (at < 0 && letters < shape.Length))
            throw OperationError.Argument("einsum", $"the number of subscripts in the equation ({letters}) {(at < 0 ? "does not match" : "is more than")} the number of dimensions ({shape.Length}) for operand {operand} {OperationError.Text(shape)} of '{equation}'");
        return at < 0 ? 0 : shape.Length - letters;
    }

    /// <summary>Numbers for the subscripts: letters from 0, ellipsis dimensions from <see cref="FirstEllipsisLabel"/>, aligned at the right.</summary>
    private static List<int> Labels(string equation, string subscripts, int ellipsisRank, int ellipsis)
    {
        var labels = new List<int>();
        bool seen = false;
        for (int c = 0; c < subscripts.Length; c++)
        {
            char letter = subscripts[c];
            if (char.IsAsciiLetter(letter)) labels.Add(char.IsAsciiLetterLower(letter) ? letter - 'a' : letter - 'A' + 26);
            else if (!seen && subscripts.AsSpan(c).StartsWith("..."))
            {
                seen = true;
                c += 2;
                for (int d = ellipsisRank - ellipsis; d < ellipsisRank; d++) labels.Add(FirstEllipsisLabel + d);
            }
            else throw OperationError.Argument("einsum", $"invalid subscript given at index {equation.IndexOf(letter, StringComparison.Ordinal)} in the equation string '{equation}', subscripts must be in [a-zA-Z]");
        }
        return labels;
    }

    /// <summary>Takes the diagonal where a subscript is repeated within an operand.</summary>
    private static (Tensor Tensor, List<int> Labels) Diagonals(string equation, Tensor tensor, List<int> labels, int operand)
    {
        for (int d = 0; d < labels.Count; d++)
        {
            for (int e = labels.Count - 1; e > d; e--)
            {
                if (labels[e] != labels[d]) continue;
                long p = tensor.Shape.Sizes[d], q = tensor.Shape.Sizes[e];
                if (p != q)
                    throw OperationError.Argument("einsum", $"subscript '{LabelText(labels[d])}' is repeated for operand {operand} of '{equation}' but the sizes don't match, {q} != {p}");
                long[] sizes = [.. tensor.Shape.Sizes], strides = [.. tensor.Layout.Strides];
                strides[d] += strides[e];
                sizes = [.. sizes[..e], .. sizes[(e + 1)..]];
                strides = [.. strides[..e], .. strides[(e + 1)..]];
                tensor = tensor.AsStrided(sizes, strides);
                labels.RemoveAt(e);
            }
        }
        return (tensor, labels);
    }

    /// <summary>Without an arrow: the ellipsis, then the letters that stand once, in the order of the alphabet (capitals first).</summary>
    private static List<int> ImplicitOutput(Dictionary<int, int> counts)
    {
        var output = counts.Keys.Where(static label => label >= FirstEllipsisLabel).Order().ToList();
        output.AddRange(counts.Where(static c => c.Key < FirstEllipsisLabel && c.Value == 1).Select(static c => c.Key).OrderBy(static label => label >= 26 ? label - 26 : label + 26));
        return output;
    }

    private static List<int> OutputLabels(string equation, string subscripts, int ellipsisRank, Dictionary<int, long> sizes)
    {
        var output = Labels(equation, subscripts, ellipsisRank, ellipsisRank);
        for (int i = 0; i < output.Count; i++)
        {
            if (output.IndexOf(output[i]) < i) throw OperationError.Argument("einsum", $"output subscript '{LabelText(output[i])}' appears more than once in the output of '{equation}'");
            if (!sizes.ContainsKey(output[i])) throw OperationError.Argument("einsum", $"output subscript '{LabelText(output[i])}' does not appear in the equation '{equation}' for any input operand");
        }
        return output;
    }

    private static (Tensor Tensor, List<int> Labels) SumOver((Tensor Tensor, List<int> Labels) term, Func<int, bool> gone)
    {
        long[] dims = [.. Enumerable.Range(0, term.Labels.Count).Where(d => gone(term.Labels[d])).Select(static d => (long)d)];
        return dims.Length == 0 ? term : (term.Tensor.Sum(dims, dtype: term.Tensor.DType), term.Labels.Where(label => !gone(label)).ToList());
    }

    /// <summary>The product of two operands as a batched matrix product: batch dimensions are those of both that are still needed, inner ones those of both that are not.</summary>
    private static (Tensor Tensor, List<int> Labels) Contract((Tensor Tensor, List<int> Labels) a, (Tensor Tensor, List<int> Labels) b, HashSet<int> needed)
    {
        // A size of 1 against another size repeats, so it need not take part.
        foreach (int label in a.Labels.Intersect(b.Labels).ToArray())
        {
            int p = a.Labels.IndexOf(label), q = b.Labels.IndexOf(label);
            long left = a.Tensor.Shape.Sizes[p], right = b.Tensor.Shape.Sizes[q];
            if (left == right) continue;
            if (left == 1) a = (a.Tensor.Squeeze(p), a.Labels.Where(l => l != label).ToList());
            else b = (b.Tensor.Squeeze(q), b.Labels.Where(l => l != label).ToList());
        }
        var (labelsA, labelsB) = (a.Labels, b.Labels);
        a = SumOver(a, label => !needed.Contains(label) && !labelsB.Contains(label));
        b = SumOver(b, label => !needed.Contains(label) && !labelsA.Contains(label));
        int[] both = [.. a.Labels.Intersect(b.Labels)];
        int[] batch = Array.FindAll(both, needed.Contains), inner = Array.FindAll(both, label => !needed.Contains(label));
        int[] rows = [.. a.Labels.Except(both)], columns = [.. b.Labels.Except(both)];

        long[] batchSizes = SizesOf(a, batch), rowSizes = SizesOf(a, rows), columnSizes = SizesOf(b, columns);
        long k = Shape.Create(SizesOf(a, inner)).NumElements, m = Shape.Create(rowSizes).NumElements, n = Shape.Create(columnSizes).NumElements;
        var left2 = a.Tensor.Permute(Order(a.Labels, [.. batch, .. rows, .. inner])).Reshape([.. batchSizes, m, k]);
        var right2 = b.Tensor.Permute(Order(b.Labels, [.. batch, .. inner, .. columns])).Reshape([.. batchSizes, k, n]);
        // An outer product needs no matrix product: it is one multiplication.
        var product = inner.Length == 0 ? left2.Mul(right2) : left2.Product(right2);
        return (product.Reshape([.. batchSizes, .. rowSizes, .. columnSizes]), [.. batch, .. rows, .. columns]);

        static long[] SizesOf((Tensor Tensor, List<int> Labels) term, int[] labels) => Array.ConvertAll(labels, label => term.Tensor.Shape.Sizes[term.Labels.IndexOf(label)]);
        static long[] Order(List<int> labels, int[] wanted) => Array.ConvertAll(wanted, label => (long)labels.IndexOf(label));
    }
}
