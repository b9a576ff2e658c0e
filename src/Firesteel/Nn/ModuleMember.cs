namespace Firesteel.Nn;

/// <summary>A part of a module's own state: a <see cref="Parameter"/>, a <see cref="Buffer"/> or a <see cref="Module"/>, with its key.</summary>
/// <param name="Key">The key within the module: <c>weight</c>, or <c>layers.0</c> for an element of a list.</param>
/// <param name="Value">The parameter, buffer or module.</param>
/// <param name="Group">The key of the array, list or dictionary field it is an element of, null for a plain field.</param>
/// <param name="IsTable">True for an element of a dictionary.</param>
internal sealed record ModuleMember(string Key, object Value, string? Group = null, bool IsTable = false);
