namespace Firesteel.Nn;

/// <summary>The functions behind the layers, without parameters of their own (<c>torch.nn.functional</c>). Usually <c>using F = Firesteel.Nn.Functional;</c>.</summary>
public static partial class Functional;
