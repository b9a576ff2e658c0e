namespace Firesteel.Compare;

/// <summary>A side could not be run, or failed.</summary>
internal sealed class RunException(string message) : Exception(message);
