namespace Firesteel.Nn;

/// <summary>
/// An output layer for very many classes, sorted by how often they occur, that computes only what a batch needs (<c>torch.nn.AdaptiveLogSoftmaxWithLoss</c>): the head has
/// the frequent classes and one entry for each cluster of rarer ones; the clusters have smaller and smaller projections.
/// </summary>
public class AdaptiveLogSoftmaxWithLoss : Module
{
    /// <summary>A head and clusters with the first values of <see cref="Linear"/>.</summary>
    /// <param name="inFeatures">The last size of the input.</param>
    /// <param name="nClasses">The number of classes.</param>
    /// <param name="cutoffs">The first class of each cluster: positive, increasing, below the number of classes.</param>
    /// <param name="divValue">By how much the projection of each cluster is smaller than that of the one before.</param>
    /// <param name="headBias">Whether the head has a bias.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Their dtype.</param>
    /// <exception cref="ArgumentException">Cutoffs of which one of this is not true.</exception>
    public AdaptiveLogSoftmaxWithLoss(long inFeatures, long nClasses, IReadOnlyList<long> cutoffs, double divValue = 4.0, bool headBias = false, Device? device = null, DType dtype = DType.Float32)
    {
        ArgumentNullException.ThrowIfNull(cutoffs);
        bool increasing = cutoffs.Count > 0 && cutoffs[0] > 0 && cutoffs[^1] < nClasses;
        for (int i = 1; i < cutoffs.Count; i++) increasing &= cutoffs[i] > cutoffs[i - 1];
        if (!increasing)
            throw new ArgumentException($"cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is between 1 and n_classes-1, got {OperationError.Text([.. cutoffs])} for {nClasses} classes", nameof(cutoffs));
        (InFeatures, NClasses, DivValue, HeadBias) = (inFeatures, nClasses, divValue, headBias);
        Cutoffs = [.. cutoffs, nClasses];
        Head = new Linear(inFeatures, ShortlistSize + NClusters, headBias, device, dtype);
        for (int i = 0; i < NClusters; i++)
        {
            long width = (long)Math.Floor(inFeatures / Math.Pow(divValue, i + 1));
            Tail.Add(new Sequential(new Linear(inFeatures, width, false, device, dtype), new Linear(width, Cutoffs[i + 1] - Cutoffs[i], false, device, dtype)));
        }
    }

    /// <summary>The last size of the input.</summary>
    public long InFeatures { get; }

    /// <summary>The number of classes.</summary>
    public long NClasses { get; }

    /// <summary>The first class of each cluster, and the number of classes.</summary>
    public IReadOnlyList<long> Cutoffs { get; }

    /// <summary>By how much the projection of each cluster is smaller than that of the one before.</summary>
    public double DivValue { get; }

    /// <summary>Whether the head has a bias.</summary>
    public bool HeadBias { get; }

    /// <summary>The number of classes in the head.</summary>
    public long ShortlistSize => Cutoffs[0];

    /// <summary>The number of clusters.</summary>
    public int NClusters => Cutoffs.Count - 1;

    /// <summary>From the input to the classes in the head, and one entry for each cluster.</summary>
    public Linear Head { get; set; }

    /// <summary>From the input to the classes of each cluster.</summary>
    public ModuleList Tail { get; } = [];

    /// <summary>Draws the parameters anew (<c>reset_parameters</c>).</summary>
    public void ResetParameters()
    {
        Head.ResetParameters();
        foreach (var cluster in Tail)
            foreach (var layer in (Sequential)cluster) ((Linear)layer).ResetParameters();
    }

    /// <summary>The log probability of each target, and the mean of their negatives. Reads the targets: how many lie in each cluster decides what is computed.</summary>
    /// <param name="input">[n, inFeatures] or [inFeatures].</param>
    /// <param name="target">Classes, [n] or 0-d.</param>
    /// <exception cref="ArgumentException">Shapes that do not fit each other, or a class that is none.</exception>
    public (Tensor Output, Tensor Loss) Forward(Tensor input, Tensor target)
    {
        using var scope = Enter();
        bool single = target.Ndim == 0;
        if (target.Ndim > 1) throw OperationError.Argument(TypeName, $"0D or 1D target tensor expected, multi-target not supported: got {OperationError.Text(target.Shape)}");
        if (input.Ndim != target.Ndim + 1) throw OperationError.Argument(TypeName, $"{target.Ndim}D target tensor expects {target.Ndim + 1}D input tensors, but found inputs with size {OperationError.Text(input.Shape)}");
        if (!single && input.Shape[0] != target.Shape[0]) throw OperationError.Argument(TypeName, $"input and target should have the same size in the batch dimension, got {OperationError.Text(input.Shape)} and {OperationError.Text(target.Shape)}");
        if (!target.DType.IsInteger()) throw OperationError.Argument(TypeName, $"expected integer classes as target, got {target.DType.Name()}; convert with To(DType.Int64)");
        if (single) input = input.Unsqueeze(0);

        long[] classes = target.ToArray<long>(), entries = new long[classes.Length];
        var rows = new List<long>[NClusters];
        for (int i = 0; i < rows.Length; i++) rows[i] = [];
        for (int r = 0; r < classes.Length; r++)
        {
            if (classes[r] < 0 || classes[r] >= NClasses)
                throw OperationError.Argument(TypeName, $"target values should be in [0, {NClasses - 1}], but values in range [{classes.Min()}, {classes.Max()}] were found");
            int cluster = ClusterOf(classes[r]);
            entries[r] = cluster < 0 ? classes[r] : ShortlistSize + cluster;
            if (cluster >= 0) rows[cluster].Add(r);
        }

        var output = Functional.LogSoftmax(Head.Forward(input), 1).Gather(1, Tensor.From(entries).Unsqueeze(1)).Squeeze(1);
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i].Count == 0) continue;
            int cluster = i;
            var at = Tensor.From(rows[i].ToArray());
            var within = Tensor.From(rows[i].Select(r => classes[r] - Cutoffs[cluster]).ToArray());
            var local = Functional.LogSoftmax(Tail[i].Forward(input.IndexSelect(0, at)), 1);
            output = output.IndexAdd(0, at, local.Gather(1, within.Unsqueeze(1)).Squeeze(1));
        }
        return (single ? output.Squeeze(0) : output, (-output).Mean());
    }

    /// <summary>The log probabilities of all classes, [n, nClasses], for an input [n, inFeatures] (<c>log_prob</c>).</summary>
    public Tensor LogProb(Tensor input)
    {
        using var scope = Enter();
        return LogProbOf(input, Head.Forward(input));
    }

    /// <summary>The most probable class of each row, int64 [n], for an input [n, inFeatures] (<c>predict</c>). Computes the clusters only for rows whose best entry is not a class of the head.</summary>
    public Tensor Predict(Tensor input)
    {
        using var scope = Enter();
        var head = Head.Forward(input);
        var best = head.Argmax(1);
        var rest = best.Ge(ShortlistSize).Nonzero().Squeeze(1);
        if (rest.NumElements == 0) return best;
        return best.IndexCopy(0, rest, LogProbOf(input.IndexSelect(0, rest), head.IndexSelect(0, rest)).Argmax(1));
    }

    private Tensor LogProbOf(Tensor input, Tensor head)
    {
        var entries = Functional.LogSoftmax(head, 1);
        var parts = new Tensor[NClusters + 1];
        parts[0] = entries.Narrow(1, 0, ShortlistSize);
        for (int i = 0; i < NClusters; i++) parts[i + 1] = Functional.LogSoftmax(Tail[i].Forward(input), 1) + entries.Narrow(1, ShortlistSize + i, 1);
        return Tensor.Cat(parts, 1);
    }

    private int ClusterOf(long label)
    {
        int cluster = -1;
        while (label >= Cutoffs[cluster + 1]) cluster++;
        return cluster;
    }
}
