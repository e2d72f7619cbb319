Console.Error.WriteLine("variants: there is no command yet");
return 2;
