namespace Firesteel.Io;

/// <summary>What is wrong with a pickle; whoever knows the file and the place makes a <see cref="CheckpointFormatException"/> of it.</summary>
internal sealed class PickleError(string reason) : Exception(reason);
