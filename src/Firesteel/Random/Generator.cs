namespace Firesteel;

/// <summary>A stream of random numbers (<c>torch.Generator</c>).</summary>
public sealed class Generator
{
}
