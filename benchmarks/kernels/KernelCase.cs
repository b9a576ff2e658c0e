namespace Firesteel.KernelBenchmarks;

/// <summary>One line of the table: something that both sides do.</summary>
/// <param name="Group">The part of the table.</param>
/// <param name="Name">What is done, with its sizes.</param>
/// <param name="Prepare">Makes operands; what it returns does the work once.</param>
/// <param name="Peer">The same for the peer.</param>
/// <param name="Flops">Multiply-adds times two.</param>
/// <param name="Bytes">What has to be read and written at least.</param>
internal sealed record KernelCase(string Group, string Name, Func<Action> Prepare, IPeerCase Peer, double Flops, double Bytes)
{
    public string FullName => $"{Group}/{Name}";
}

/// <summary>What the other side does.</summary>
internal interface IPeerCase;

/// <summary>Work for a library in this process.</summary>
internal sealed record LibraryCase(Func<OpenBlas, Action> Prepare) : IPeerCase;

/// <summary>Work for PyTorch: an expression, and the statements that make what it reads.</summary>
internal sealed record PyTorchCase(string Setup, string Expression) : IPeerCase;
