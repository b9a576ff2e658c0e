namespace Firesteel.Optim;

/// <summary>An option of a parameter group that a captured step read as a number has its value still.</summary>
internal sealed class OptionGuard(ParameterGroup group, string option, object value) : Guard
{
    public override bool Holds() => group.Current(option) is { } now && (ReferenceEquals(now, value) || now.Equals(value));

    public override string Change() => $"the option {option} of an optimizer is now {group.Current(option)}";

    public override string Describe() => $"{option} = {value}";
}
