using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Variants.Harness.Engine;

/// <summary>
/// The locals of a suspended kernel function, in one number: what an exploration compares to see whether a loop came
/// back to where it was. Numbers count by value, objects by identity; of what an object holds, cells tell.
/// </summary>
internal static class LocalsOf<TStateMachine>
{
    private delegate ulong Reader(ref TStateMachine machine);

    private static readonly Reader s_read = Compile();

    internal static ulong Fingerprint(ref TStateMachine machine) => s_read(ref machine);

    private static Reader Compile()
    {
        ParameterExpression machine = Expression.Parameter(typeof(TStateMachine).MakeByRefType());
        ParameterExpression hash = Expression.Variable(typeof(ulong));
        List<Expression> steps = [Expression.Assign(hash, Expression.Constant((ulong)FrameKind<TStateMachine>.Number + 1))];
        foreach (FieldInfo field in FieldsOf(typeof(TStateMachine)))
        {
            // <>t__builder and <>u__1: how the call is run, not what it knows.
            if (!field.Name.StartsWith("<>t", StringComparison.Ordinal) && !field.Name.StartsWith("<>u", StringComparison.Ordinal))
            {
                Mix(Expression.Field(machine, field));
            }
        }

        steps.Add(hash);
        return Expression.Lambda<Reader>(Expression.Block([hash], steps), machine).Compile();

        void Mix(Expression value)
        {
            Type type = value.Type;
            if (!type.IsValueType)
            {
                Add(Expression.Call(typeof(RuntimeHelpers), nameof(RuntimeHelpers.GetHashCode), null, Expression.Convert(value, typeof(object))));
            }
            else if (type.IsPrimitive || type.IsEnum)
            {
                Add(Expression.Call(value, nameof(GetHashCode), null));
            }
            else
            {
                foreach (FieldInfo field in FieldsOf(type))
                {
                    Mix(Expression.Field(value, field));
                }
            }
        }

        void Add(Expression number) => steps.Add(Expression.Assign(
            hash,
            Expression.Multiply(
                Expression.ExclusiveOr(hash, Expression.Convert(Expression.Convert(number, typeof(uint)), typeof(ulong))),
                Expression.Constant(0x9E3779B97F4A7C15))));
    }

    private static IEnumerable<FieldInfo> FieldsOf(Type type) => type
        .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .OrderBy(field => field.MetadataToken);
}
