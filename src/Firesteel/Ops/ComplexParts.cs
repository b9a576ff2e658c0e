namespace Firesteel;

/// <summary>What PyTorch defines for complex numbers and real ones alike, for code that is written for both.</summary>
public partial class Tensor
{
    /// <summary>The tensor itself (<c>torch.real</c>).</summary>
    public Tensor Real => this;

    /// <summary>The tensor itself (<c>torch.conj</c>).</summary>
    public Tensor Conj() => this;

    /// <summary>The tensor itself (<c>torch.conj_physical</c>).</summary>
    public Tensor ConjPhysical() => this;

    /// <summary>The tensor itself (<c>torch.resolve_conj</c>).</summary>
    public Tensor ResolveConj() => this;

    /// <summary>The tensor itself (<c>torch.resolve_neg</c>).</summary>
    public Tensor ResolveNeg() => this;
}
