namespace Firesteel.Nn;

/// <summary>The name of a field in state dictionaries where it is not the one that follows from the field's name; on an auto-property write <c>[field: Key("...")]</c>.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class KeyAttribute(string name) : Attribute
{
    /// <summary>The key.</summary>
    public string Name { get; } = name;
}
