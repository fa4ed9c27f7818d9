"""A service folder, small and written by hand, that keeps every rule; and changes that break one."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Description: small

Parameters:
  StreamArn:
    Type: String
    AllowedPattern: "arn:[a-z-]+:kinesis:.*"
  Words:
    Type: String
    Default: few

Resources:
  Letters:
    Type: AWS::SQS::Queue
    Properties:
      MessageRetentionPeriod: 1209600
      KmsMasterKeyId: alias/aws/sqs

  Queue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 120
      KmsMasterKeyId: alias/aws/sqs
      RedrivePolicy:
        deadLetterTargetArn: !GetAtt Letters.Arn
        maxReceiveCount: 5

  Function:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: small
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.13
      MemorySize: 256
      Timeout: 20
      ReservedConcurrentExecutions: 5
      Role: !GetAtt Role.Arn
      Environment:
        Variables:
          WORDS: !Ref Words
      Events:
        Messages:
          Type: SQS
          Properties:
            Queue: !GetAtt Queue.Arn
            BatchSize: 10
        Web:
          Type: HttpApi
          Properties:
            Method: GET
            Path: /

  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: lambda.amazonaws.com}
            Action: sts:AssumeRole
      Policies:
        - PolicyName: own
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Sid: Take
                Effect: Allow
                Action: [sqs:ReceiveMessage, sqs:DeleteMessage, sqs:GetQueueAttributes]
                Resource: !GetAtt Queue.Arn
              # Traces have no resources to name.
              - Sid: Trace
                Effect: Allow
                Action: xray:PutTraceSegments
                Resource: "*"
              - Sid: Read
                Effect: Allow
                Action: kinesis:GetRecords
                Resource: !Ref StreamArn
"""


def make_service(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write it, with parts of its template replaced."""
    text = TEMPLATE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "app.py").write_text("def handler(event, context):\n    return {}\n")
    (folder / "src" / "requirements.txt").write_text("")
    (folder / "template.yaml").write_text(text)
    return folder


def make_program(folder: Path, name: str, body: str) -> Path:
    """A program of that name, in Python."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(f"#!{sys.executable}\nimport json, os, sys, time\n{body}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program
