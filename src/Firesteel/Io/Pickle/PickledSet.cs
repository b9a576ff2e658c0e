namespace Firesteel.Io;

/// <summary>A set while its file is being read.</summary>
internal sealed class PickledSet
{
    public List<object?> Items { get; } = [];
}
