using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;

namespace Firesteel.Conformance;

/// <summary>Calls a method with boxed arguments, spans included: reflection cannot pass spans, so a small method is emitted that makes them from arrays.</summary>
public static class Invoker
{
    private static readonly ConcurrentDictionary<MethodBase, Func<object?, object?[], object?>> Compiled = new();

    /// <summary>Calls a method or a constructor. Exceptions come out as they were thrown.</summary>
    public static object? Call(MethodBase method, object? instance, object?[] arguments) => Compiled.GetOrAdd(method, Compile)(instance, arguments);

    private static Func<object?, object?[], object?> Compile(MethodBase method)
    {
        var dynamic = new DynamicMethod("call " + method.Name, typeof(object), [typeof(object), typeof(object[])], typeof(Invoker).Module, skipVisibility: true);
        var il = dynamic.GetILGenerator();
        if (!method.IsStatic && method is MethodInfo)
        {
            il.Emit(OpCodes.Ldarg_0);
            if (method.DeclaringType!.IsValueType) il.Emit(OpCodes.Unbox, method.DeclaringType);
            else il.Emit(OpCodes.Castclass, method.DeclaringType);
        }
        var parameters = method.GetParameters();
        for (int i = 0; i < parameters.Length; i++)
        {
            var type = parameters[i].ParameterType;
            bool byRef = type.IsByRef;
            if (byRef) type = type.GetElementType()!;
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldelem_Ref);
            if (Conversion.SpanElement(type) is { } element)
            {
                il.Emit(OpCodes.Castclass, element.MakeArrayType());
                il.Emit(OpCodes.Call, type.GetMethod("op_Implicit", [element.MakeArrayType()])!);
            }
            else if (type.IsValueType) il.Emit(OpCodes.Unbox_Any, type);
            else il.Emit(OpCodes.Castclass, type);
            if (!byRef) continue;
            var local = il.DeclareLocal(type);
            il.Emit(OpCodes.Stloc, local);
            il.Emit(OpCodes.Ldloca, local);
        }
        Type returned;
        if (method is ConstructorInfo constructor)
        {
            il.Emit(OpCodes.Newobj, constructor);
            returned = constructor.DeclaringType!;
        }
        else
        {
            var info = (MethodInfo)method;
            il.Emit(info.IsStatic ? OpCodes.Call : OpCodes.Callvirt, info);
            returned = info.ReturnType;
        }
        if (returned == typeof(void)) il.Emit(OpCodes.Ldnull);
        else if (Conversion.SpanElement(returned) is not null)
        {
            var local = il.DeclareLocal(returned);
            il.Emit(OpCodes.Stloc, local);
            il.Emit(OpCodes.Ldloca, local);
            il.Emit(OpCodes.Call, returned.GetMethod("ToArray")!);
        }
        else if (returned.IsValueType) il.Emit(OpCodes.Box, returned);
        il.Emit(OpCodes.Ret);
        return dynamic.CreateDelegate<Func<object?, object?[], object?>>();
    }
}
