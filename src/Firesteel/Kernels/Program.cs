namespace Firesteel;

/// <summary>A pointwise expression in the form that devices run.</summary>
internal sealed class Program
{
}
