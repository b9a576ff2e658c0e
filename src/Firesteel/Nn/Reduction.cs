namespace Firesteel.Nn;

/// <summary>What a loss does with its elements.</summary>
public enum Reduction
{
    /// <summary>Keeps them (<c>'none'</c>).</summary>
    None,

    /// <summary>Their mean (<c>'mean'</c>).</summary>
    Mean,

    /// <summary>Their sum (<c>'sum'</c>).</summary>
    Sum,

    /// <summary>Their sum divided by the size of the batch; for <see cref="Functional.KlDiv"/> only (<c>'batchmean'</c>).</summary>
    BatchMean,
}
