return Variants.Reports.Commands.VariantsCommand.Run(args, Console.Out, Console.Error);
